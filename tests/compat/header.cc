// Compiles when the header with libsoup's names is C++17 without a warning, and first in its file.
#include <libsoup/soup.h>

int
main ()
{
  g_autoptr (SoupSession) session = soup_session_new ();

  return !SOUP_IS_SESSION (session) || !SOUP_CHECK_VERSION (3, 0, 0);
}
