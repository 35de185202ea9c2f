/* The functions that Rust cannot define, since they are variadic: constructors with properties.
 * Declared, with their documentation, in the file of each class. */
#include <wsoup/wsoup.h>

WsoupServer *
wsoup_server_new (const char *optname1, ...)
{
  gpointer server;
  va_list options;

  va_start (options, optname1);
  server = g_object_new_valist (WSOUP_TYPE_SERVER, optname1, options);
  va_end (options);
  return server;
}

WsoupAuthDomain *
wsoup_auth_domain_basic_new (const char *optname1, ...)
{
  gpointer domain;
  va_list options;

  va_start (options, optname1);
  domain = g_object_new_valist (WSOUP_TYPE_AUTH_DOMAIN_BASIC, optname1, options);
  va_end (options);
  return domain;
}

WsoupAuthDomain *
wsoup_auth_domain_digest_new (const char *optname1, ...)
{
  gpointer domain;
  va_list options;

  va_start (options, optname1);
  domain = g_object_new_valist (WSOUP_TYPE_AUTH_DOMAIN_DIGEST, optname1, options);
  va_end (options);
  return domain;
}
