/* Which cookies a jar keeps, and for which URIs it has them. */
#include "support.h"

/* Where cookies come from, and go to. */
static const char *const uris[] = {
  "ws://www.example.com/",          "ws://www.example.com/a/b",   "ws://www.example.com/a/b/c",
  "ws://www.example.com/ab",        "wss://www.example.com/a/b/", "http://example.com/",
  "http://other.example.com/a/b/c", "https://notexample.com/",    "https://WWW.EXAMPLE.COM/a/b/c?d=/",
  "http://www.example.co.uk/",      "http://example.co.uk/",      "http://127.0.0.1/",
  "http://[::1]/",
};

static const char *const headers[] = {
  "a=b",
  " a = b ; Path=/x",
  "a=",
  "a=b=c",
  "a=\"b c\"; path=/",
  "a=\"b; path=/x\"",
  "a=b,c",
  "a=b; path=foo",
  "a=b; path=",
  "a=b; path=/x; path=/",
  "a=b; Path=/a",
  "a=b; path=/a/",
  "a=b; domain=example.com; path=/",
  "a=b; Domain=.example.com; path=/",
  "a=b; domain=www.example.com; path=/",
  "a=b; domain=b.www.example.com; path=/",
  "a=b; domain=other.com; path=/",
  "a=b; domain=com; path=/",
  "a=b; domain=co.uk; path=/",
  "a=b; domain=example.co.uk; path=/",
  "a=b; domain=; path=/",
  "a=b; domain=127.0.0.1; path=/",
  "a=b;SECURE;path=/",
  "a=b; HttpOnly; path=/",
  "a=b; unknown=c; ; path=/",
  "a=b; path=/; max-age=100",
  "a=b; path=/; max-age=0",
  "a=b; path=/; max-age=-1",
  "a=b; path=/; max-age=x",
  "a=b; path=/; expires=Wed, 09 Jun 2100 10:18:14 GMT",
  "a=b; path=/; expires=Wednesday, 09-Jun-99 10:18:14 GMT",
  "a=b; path=/; expires=Wed Jun  9 10:18:14 2100",
  "a=b; path=/; expires=garbage",
  "a=b; path=/; samesite=strict",
  "__Host-a=b; path=/; secure",
};

static GUri *
parse_uri (const char *text)
{
  g_autoptr (GError) error = NULL;
  GUri *uri = g_uri_parse (text, SOUP_HTTP_URI_FLAGS, &error);

  g_assert_no_error (error);
  return uri;
}

/* The order of cookies with the same path is nobody's business. */
static void
print_sorted (const char *cookies)
{
  g_auto (GStrv) parts = g_strsplit (cookies, "; ", -1);
  guint length = g_strv_length (parts), i, j;

  for (i = 0; i < length; i++)
    for (j = i + 1; j < length; j++)
      if (strcmp (parts[j], parts[i]) < 0)
        {
          char *swapped = parts[i];
          parts[i] = parts[j];
          parts[j] = swapped;
        }
  for (i = 0; i < length; i++)
    printf (" %s", parts[i]);
}

static void
print_jar (SoupCookieJar *jar)
{
  guint i, for_http;

  for (i = 0; i < G_N_ELEMENTS (uris); i++)
    for (for_http = 0; for_http < 2; for_http++)
      {
        g_autoptr (GUri) uri = parse_uri (uris[i]);
        g_autofree char *cookies = soup_cookie_jar_get_cookies (jar, uri, for_http != 0);

        if (!cookies)
          continue;
        printf ("  %s%s:", uris[i], for_http ? "" : " in a script");
        print_sorted (cookies);
        printf ("\n");
      }
}

static void
on_changed (SoupCookieJar *jar G_GNUC_UNUSED, SoupCookie *old, SoupCookie *new)
{
  printf ("  changed from %s to %s\n", old ? soup_cookie_get_value (old) : "nothing",
          new ? soup_cookie_get_value (new) : "nothing");
}

static void
try_header (const char *header, const char *origin_text)
{
  g_autoptr (SoupCookieJar) jar = soup_cookie_jar_new ();
  g_autoptr (GUri) origin = parse_uri (origin_text);
  SoupCookie *cookie = soup_cookie_parse (header, origin);

  printf ("%s from %s\n", header, origin_text);
  if (cookie)
    soup_cookie_jar_add_cookie (jar, cookie);
  print_jar (jar);
}

static void
try_changes (void)
{
  g_autoptr (SoupCookieJar) jar = soup_cookie_jar_new ();
  g_autoptr (SoupCookie) other = soup_cookie_new ("a", "4", "example.com", "/", -1);
  g_autoptr (SoupCookie) same = soup_cookie_new ("a", "3", "example.com", "/", -1);

  printf ("changes\n");
  g_signal_connect (jar, "changed", G_CALLBACK (on_changed), NULL);
  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("a", "1", "example.com", "/", -1));
  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("a", "2", "example.com", "/", 100));
  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("a", "", "example.com", "/", 0));
  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("a", "", "example.com", "/", 0));
  soup_cookie_jar_add_cookie (jar, soup_cookie_new ("a", "3", "example.com", "/", -1));
  soup_cookie_jar_delete_cookie (jar, other);
  soup_cookie_jar_delete_cookie (jar, same);
  print_jar (jar);
}

static void
try_several (void)
{
  g_autoptr (SoupCookieJar) jar = soup_cookie_jar_new ();
  GSList *cookies;
  guint i;

  printf ("several\n");
  for (i = 0; i < 12; i++)
    {
      g_autofree char *name = g_strdup_printf ("n%u", i);
      SoupCookie *cookie = soup_cookie_new (name, "1", ".example.com", "/", -1);
      soup_cookie_set_secure (cookie, i % 2 == 0);
      soup_cookie_set_http_only (cookie, i % 3 == 0);
      soup_cookie_jar_add_cookie (jar, cookie);
    }
  print_jar (jar);
  cookies = soup_cookie_jar_all_cookies (jar);
  printf ("  %u\n", g_slist_length (cookies));
  g_slist_free_full (cookies, (GDestroyNotify) soup_cookie_free);
}

static void
try_equal (void)
{
  g_autoptr (SoupCookie) one = soup_cookie_new ("a", "b", "example.com", "/", -1);
  static const char *const others[][4] = {
    { "a", "b", "example.com", "/" }, { "A", "b", "example.com", "/" },
    { "a", "c", "example.com", "/" }, { "a", "b", "EXAMPLE.com", "/" },
    { "a", "b", "example.com", "/x" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autoptr (SoupCookie) other =
        soup_cookie_new (others[i][0], others[i][1], others[i][2], others[i][3], 10);
      g_autoptr (SoupCookie) copy = soup_cookie_copy (other);
      printf ("equal: %d\n", soup_cookie_equal (one, copy));
    }
}

int
main (void)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (headers); i++)
    {
      try_header (headers[i], "wss://www.example.com/a/b/c");
      try_header (headers[i], "http://www.example.co.uk/");
    }
  try_header ("a=b; path=/", "http://127.0.0.1/");
  try_header ("a=b; domain=127.0.0.1", "http://127.0.0.1/");
  try_header ("a=b", "ws://[::1]:8080/");
  try_changes ();
  try_several ();
  try_equal ();
  return 0;
}
