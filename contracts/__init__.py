"""From a bed held to a stay settled: booking, signing, stays and settlement."""
