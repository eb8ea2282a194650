"""The method behind the model `auto`: a bank of filters, combined and calibrated on its own past.

One pass over the months of log(offset + count) gives what would have been forecast after every one
of them, so that everything is calibrated on out-of-sample errors and nothing is ever refitted:

    offset       what is added before logs, so that rounding does not look like movement
    filters      30 Kalman filters: a slowly reverting level, an evolving season, noise
    weights      of the filters, by what their errors were
    anchor       how much of the last value the combination keeps
    common       how much of a surprise that all series had goes on
    volatility   the size of the combination's errors of one month, as it is now
    spread       how errors grow with the horizon
    shape        Student's t, and which side is longer
    dependence   between the months of a path
    hindcast     the pass that these steps make, in this order
    borrowing    what a series takes from others on the way: nothing, their means, or a pool's rows

The method and its sources are described in docs/method.md, its constants in `constants`.
"""
