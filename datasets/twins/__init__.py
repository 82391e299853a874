"""Procedural twins: painted venues and animated people standing in for data that must be asked for.

Read in this order: `twin` (the dataset), one of the four venues, `take` (one clip), `render`
(one frame) and `figure` (the person in it). `skeleton`, `motion`, `outfit` and `body` make the
person; `noise`, `paint` and `props` the venue; `camera` films them.
"""
