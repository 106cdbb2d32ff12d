"""The reference processor: a small partner that keeps shared contacts and really deletes them.

Stands on the protocol package and the standard library alone, so that a partner's engineer can
read it in one sitting and run it without the portal.
"""
