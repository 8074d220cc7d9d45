"""Code books: what a code in a field means, and under which code a file is sent (설계서 V3.8 chapter 5, 첨부1).

from evidence.codebooks import book_rows, meaning, transmissions

meaning("failure_code", "81").ko        # 대사키 불일치
[one.code for one in book_rows("7305")]  # of whatever book
[row.code for row in transmissions("FB0320")]  # Y03; IY3 for files of all banks in one
"""

from evidence.codebooks.book import Code, CodeBook, book_rows, books, meaning
from evidence.codebooks.transmission import TRANSMISSIONS, Direction, Transmission, transmissions

__all__ = [
    "TRANSMISSIONS",
    "Code",
    "CodeBook",
    "Direction",
    "Transmission",
    "book_rows",
    "books",
    "meaning",
    "transmissions",
]
