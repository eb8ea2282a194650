"""What every HTTP interface needs: answers, parameters, uploads, documentation, metrics."""
