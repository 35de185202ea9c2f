/* Compiles when the header with libsoup's names is C99 without a warning, and first in its file. */
#include <libsoup/soup.h>

int
main (void)
{
  g_autoptr (SoupSession) session = soup_session_new ();

  return !SOUP_IS_SESSION (session) || !SOUP_CHECK_VERSION (3, 0, 0);
}
