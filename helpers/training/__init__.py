"""From jobs to fits: what to train, on which bins, through which products, and what is kept."""
