"""How well the list is ordered: training of the weights, and the comparison with other rules."""
