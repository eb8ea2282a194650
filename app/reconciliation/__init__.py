"""Making the forecasts of a hierarchy add up, and keeping them."""
