"""What is kept on disk: cells, scores, caches; everything is written in one step or not at all."""
