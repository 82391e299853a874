"""Whether data is whole: the dataset doctor and near duplicates."""
