"""Dashboard, HTTP API and the data-service routes."""
