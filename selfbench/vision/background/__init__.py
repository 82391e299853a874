"""What is behind a moving object: stitched from other frames, and what differs from it."""
