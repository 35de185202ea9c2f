// Compiles when the public header is C++17 without a warning, and first in its file.
#include <wsoup/wsoup.h>

int
main ()
{
  return WSOUP_IS_SESSION (nullptr);
}
