"""The outside: the command line (`service.main`) and verdicts over HTTP (`service.web`).

Nothing is imported here: starting up is most of what a call of the command costs.

    from certs import TrustStore
    from service.web import create_app
    app = create_app(TrustStore.open(folder))
"""
