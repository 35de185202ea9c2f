/* Compiles when the public header is C99 without a warning, and first in its file. */
#include <wsoup/wsoup.h>

int
main (void)
{
  return WSOUP_IS_SESSION (NULL);
}
