"""Pictures and what lies on them: frames, videos, masks, boxes, truth on disk, drawings."""
