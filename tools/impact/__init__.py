"""Impact without randomisation: what a campaign did to those it reached, told from those it did not."""
