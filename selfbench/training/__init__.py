"""What methods that train share: the loop and its step, schedules, devices, frames, weights."""
