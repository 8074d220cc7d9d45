"""What the service needs to be run: probes, figures, log lines with request ids, and material read again as it changes.

Example:
    from service.web.operation.worker import load

    application = load(settings)  # in each worker
"""
