"""An invented company to try Viajante with: people, customers, catalogue, history, agenda."""
