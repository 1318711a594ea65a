"""Where the figures of the README come from: each is measured beside a peer or a floor."""
