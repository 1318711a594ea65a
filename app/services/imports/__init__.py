"""Lists from other programs: read whatever they are written in, matched, shown before it counts."""
