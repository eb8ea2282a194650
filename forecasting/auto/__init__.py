"""The method behind the model `auto`: a bank of filters, combined and calibrated on its own past.

One pass over the months of log(offset + count) gives what would have been forecast after every one
of them, so that everything is calibrated on out-of-sample errors and nothing is ever refitted:

    log_offset             what is added before logs, so that rounding does not look like movement
    filters                39 Kalman filters: a level, a season, noise, some of them a trend
    filter_weights         the weights of the filters, by their past errors
    innovation_outliers    how far a month's error is beyond what is plausible, and what that adds
    shrinkage              how much of the last value the combination keeps
    exponential_smoothing  discounted sums and scales, month by month
    volatility             the size of the combination's errors, now and in the months ahead
    spread                 how errors grow with the horizon
    skewed_t               Student's t, and which side is longer
    dependence             between the months of a path
    hindcast               the pass that these steps make, in this order
    partial_pooling        what a series takes from others: nothing, their means, or a pool's rows
    pool_learning          learning a pool from many series

The method and its sources are described in docs/method.md, its constants in `constants`.
"""
