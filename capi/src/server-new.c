/* wsoup_server_new(): the one function that Rust cannot define, since it is variadic.
 * Declared, with its documentation, in server.rs. */
#include <wsoup/wsoup.h>

WsoupServer *
wsoup_server_new (const char *optname1, ...)
{
  GObject *server;
  va_list options;

  va_start (options, optname1);
  server = g_object_new_valist (WSOUP_TYPE_SERVER, optname1, options);
  va_end (options);
  return WSOUP_SERVER (server);
}
