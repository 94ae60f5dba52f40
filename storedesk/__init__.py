"""店务台 StoreDesk: a desktop program beside a store's Excel ledgers."""

__version__ = "0.1.0"
