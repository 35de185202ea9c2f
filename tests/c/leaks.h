/* What a test leaves behind: objects of the library, and open file descriptors. Included by
 * support.h, after which tests are added and run as always, and each is looked at when it ends. */
#pragma once

#include <glib/gstdio.h>
#include <unistd.h>
#include <wsoup/wsoup.h>

/* --- Objects -------------------------------------------------------------------------------- */

/* How many there are, by the name of their type. */
static GHashTable *leaks_alive;

/* What the classes did once an object was constructed, by type. */
static GHashTable *leaks_constructed;

static inline void
leaks_count (const char *name, int change)
{
  int count = GPOINTER_TO_INT (g_hash_table_lookup (leaks_alive, name)) + change;

  if (count == 0)
    g_hash_table_remove (leaks_alive, name);
  else
    g_hash_table_insert (leaks_alive, (gpointer) name, GINT_TO_POINTER (count));
}

static inline void
leaks_on_death (gpointer name, GObject *object G_GNUC_UNUSED)
{
  leaks_count (name, -1);
}

static inline void
leaks_on_constructed (GObject *object)
{
  const char *name = G_OBJECT_TYPE_NAME (object);
  void (*original) (GObject *) = NULL;

  for (GType type = G_OBJECT_TYPE (object); !original; type = g_type_parent (type))
    original = g_hash_table_lookup (leaks_constructed, GSIZE_TO_POINTER (type));
  original (object);
  leaks_count (name, 1);
  g_object_weak_ref (object, leaks_on_death, (gpointer) name);
}

/* The classes that derive from GObject itself; those that derive from them chain up. */
static inline void
leaks_watch_objects (void)
{
  GType types[] = {
    WSOUP_TYPE_AUTH,
    WSOUP_TYPE_AUTH_DOMAIN,
    WSOUP_TYPE_COOKIE_JAR,
    WSOUP_TYPE_MESSAGE,
    WSOUP_TYPE_SERVER,
    WSOUP_TYPE_SERVER_MESSAGE,
    WSOUP_TYPE_SESSION,
    WSOUP_TYPE_WEBSOCKET_CONNECTION,
    WSOUP_TYPE_WEBSOCKET_EXTENSION,
  };

  leaks_alive = g_hash_table_new (g_str_hash, g_str_equal);
  leaks_constructed = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GObjectClass *class = g_type_class_ref (types[i]);

      g_hash_table_insert (leaks_constructed, GSIZE_TO_POINTER (types[i]),
                           (gpointer) class->constructed);
      class->constructed = leaks_on_constructed;
    }
}

/* --- Descriptors ---------------------------------------------------------------------------- */

/* Those that are open, and what they are; but for those that wake contexts, whose number is GLib's
 * affair. */
static inline GHashTable *
leaks_descriptors (void)
{
  GHashTable *open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GDir) folder = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (folder)))
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      char *what = g_file_read_link (path, NULL);

      /* The folder's own one says so. */
      if (what && !g_str_equal (what, "anon_inode:[eventfd]") && !g_str_has_suffix (what, "/fd"))
        g_hash_table_insert (open, g_strdup (name), what);
      else
        g_free (what);
    }
  return open;
}

/* --- Tests ---------------------------------------------------------------------------------- */

typedef struct
{
  gsize size;
  gconstpointer data;
  void (*set_up) (gpointer, gconstpointer);
  void (*function) (gpointer, gconstpointer);
  void (*tear_down) (gpointer, gconstpointer);
  GTestFunc plain;
  GTestDataFunc with_data;
} LeaksTest;

/* Prints what there is in one table and is not in the other; whether there was anything. */
static inline gboolean
leaks_differ (GHashTable *now, GHashTable *before, gboolean prints)
{
  GHashTableIter iter;
  gpointer key, value;
  gboolean differ = FALSE;

  g_hash_table_iter_init (&iter, now);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      if (g_strcmp0 (g_hash_table_lookup (before, key), value) == 0)
        continue;
      differ = TRUE;
      if (prints)
        g_test_message ("left open: %s, %s", (char *) key, (char *) value);
    }
  return differ;
}

static inline gboolean
leaks_keep_going (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

/* What still is to end may, in this context and in threads that wake none. */
static inline gboolean
leaks_are_there (GHashTable *before, gboolean prints)
{
  g_autoptr (GHashTable) now = leaks_descriptors ();
  GHashTableIter iter;
  gpointer name, count;
  gboolean differ = leaks_differ (now, before, prints);

  g_hash_table_iter_init (&iter, leaks_alive);
  while (prints && g_hash_table_iter_next (&iter, &name, &count))
    g_test_message ("left alive: %d of %s", GPOINTER_TO_INT (count), (char *) name);
  return differ || g_hash_table_size (leaks_alive) > 0;
}

static inline void
leaks_run (gconstpointer data)
{
  const LeaksTest *test = data;
  g_autoptr (GHashTable) before = leaks_descriptors ();
  gint64 deadline;
  guint ticks;

  if (test->plain)
    test->plain ();
  else if (test->with_data)
    test->with_data (test->data);
  else
    {
      gpointer fixture = g_malloc0 (test->size);

      if (test->set_up)
        test->set_up (fixture, test->data);
      test->function (fixture, test->data);
      if (test->tear_down)
        test->tear_down (fixture, test->data);
      g_free (fixture);
    }

  /* What a child process is for, it has done: it may not get so far as to let go of anything. */
  if (g_test_subprocess ())
    _exit (0);

  ticks = g_timeout_add (10, leaks_keep_going, NULL);
  deadline = g_get_monotonic_time () + 10 * G_TIME_SPAN_SECOND;
  while (leaks_are_there (before, FALSE) && g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (ticks);
  if (leaks_are_there (before, TRUE))
    g_error ("the test has left something behind");
}

static inline void
leaks_add (const char *path, LeaksTest test)
{
  g_test_add_data_func_full (path, g_memdup2 (&test, sizeof test), leaks_run, g_free);
}

/* The first test finds open what GLib opens once and for all. */
static inline int
leaks_run_all (void)
{
  g_network_monitor_get_default ();
  g_proxy_resolver_get_default ();
  g_tls_backend_get_default ();
  leaks_watch_objects ();
  return g_test_run ();
}

#undef g_test_add
#define g_test_add(path, Fixture, argument, first, then, last)                                  \
  leaks_add (path, (LeaksTest) { .size = sizeof (Fixture),                                      \
                                 .data = argument,                                              \
                                 .set_up = (void (*) (gpointer, gconstpointer)) (first),        \
                                 .function = (void (*) (gpointer, gconstpointer)) (then),       \
                                 .tear_down = (void (*) (gpointer, gconstpointer)) (last) })
#define g_test_add_func(path, test) leaks_add (path, (LeaksTest) { .plain = (test) })
#define g_test_add_data_func(path, argument, test)                                              \
  leaks_add (path, (LeaksTest) { .data = (argument), .with_data = (test) })
#define g_test_run leaks_run_all
