"""One revision a file.  What has been released is never edited."""
