/* What a session promises about its features, and which extensions it offers for them. */
#include "support.h"

#define TEST_TYPE_PAINT (test_paint_get_type ())
G_DECLARE_FINAL_TYPE (TestPaint, test_paint, TEST, PAINT, WsoupWebsocketExtension)

/* An extension that is offered with a property. */
struct _TestPaint
{
  WsoupWebsocketExtension parent_instance;
  guint colour;
};

G_DEFINE_TYPE (TestPaint, test_paint, WSOUP_TYPE_WEBSOCKET_EXTENSION)

static char *
test_paint_get_request_params (WsoupWebsocketExtension *extension)
{
  return g_strdup_printf ("; colour=%u", TEST_PAINT (extension)->colour);
}

static void
test_paint_set_property (GObject *object, guint id G_GNUC_UNUSED, const GValue *value,
                         GParamSpec *property G_GNUC_UNUSED)
{
  TEST_PAINT (object)->colour = g_value_get_uint (value);
}

static void
test_paint_class_init (TestPaintClass *klass)
{
  WsoupWebsocketExtensionClass *extension_class = WSOUP_WEBSOCKET_EXTENSION_CLASS (klass);

  G_OBJECT_CLASS (klass)->set_property = test_paint_set_property;
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1,
    g_param_spec_uint ("colour", NULL, NULL, 1, 9, 1, G_PARAM_WRITABLE | G_PARAM_CONSTRUCT));
  extension_class->name = "x-paint";
  extension_class->get_request_params = test_paint_get_request_params;
}

static void
test_paint_init (TestPaint *self G_GNUC_UNUSED)
{
}

/* A feature of the program. */
#define TEST_TYPE_COUNTER (test_counter_get_type ())
G_DECLARE_FINAL_TYPE (TestCounter, test_counter, TEST, COUNTER, GObject)

struct _TestCounter
{
  GObject parent_instance;
};

G_DEFINE_TYPE_WITH_CODE (TestCounter, test_counter, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (WSOUP_TYPE_SESSION_FEATURE, NULL))

static void
test_counter_class_init (TestCounterClass *klass G_GNUC_UNUSED)
{
}

static void
test_counter_init (TestCounter *self G_GNUC_UNUSED)
{
}

static void
keep_offer (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message,
            const char *path G_GNUC_UNUSED, GHashTable *query G_GNUC_UNUSED, gpointer offer)
{
  WsoupMessageHeaders *headers = wsoup_server_message_get_request_headers (message);

  g_free (*(char **) offer);
  *(char **) offer = g_strdup (wsoup_message_headers_get_one (headers, "Sec-WebSocket-Extensions"));
  wsoup_server_message_set_status (message, WSOUP_STATUS_NOT_FOUND, NULL);
}

/* Whether a server sees @expected among the extensions that are offered, or nothing of TestPaint. */
static void
assert_offered (WsoupSession *session, GType disabled, const char *expected)
{
  WsoupServer *server = server_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (WsoupMessage) message = message_to (server, "/");
  g_autofree char *offer = NULL;

  wsoup_server_add_handler (server, NULL, keep_offer, &offer, NULL);
  if (disabled != G_TYPE_INVALID)
    wsoup_message_disable_feature (message, disabled);
  g_assert_null (connect_and_wait (session, message, NULL, NULL, &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET);
  if (expected)
    g_assert_nonnull (strstr (offer, expected));
  else
    g_assert_true (offer == NULL || strstr (offer, "x-paint") == NULL);
  wsoup_server_disconnect (server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (server);
}

static void
test_extensions (void)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();

  g_assert_true (wsoup_session_has_feature (session, WSOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER));
  assert_offered (session, G_TYPE_INVALID, NULL);
  wsoup_session_add_feature_by_type (session, TEST_TYPE_PAINT);
  g_assert_true (wsoup_session_has_feature (session, TEST_TYPE_PAINT));
  assert_offered (session, G_TYPE_INVALID, "x-paint; colour=1");
  assert_offered (session, TEST_TYPE_PAINT, NULL);
  assert_offered (session, WSOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER, NULL);
  wsoup_session_remove_feature_by_type (session, TEST_TYPE_PAINT);
  g_assert_false (wsoup_session_has_feature (session, TEST_TYPE_PAINT));
  assert_offered (session, G_TYPE_INVALID, NULL);
}

static void
add_paint (WsoupWebsocketExtensionManager *manager, const char *name, guint colour)
{
  const char *names[] = { name };
  GValue values[] = { G_VALUE_INIT };

  g_value_init (&values[0], G_TYPE_UINT);
  g_value_set_uint (&values[0], colour);
  wsoup_websocket_extension_manager_add_extension_with_properties (manager, TEST_TYPE_PAINT, 1,
                                                                   names, values);
  g_value_unset (&values[0]);
}

static void
test_properties (void)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  WsoupWebsocketExtensionManager *manager = WSOUP_WEBSOCKET_EXTENSION_MANAGER (
    wsoup_session_get_feature (session, WSOUP_TYPE_WEBSOCKET_EXTENSION_MANAGER));

  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*no property*taste*");
  add_paint (manager, "taste", 1);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*colour cannot be*");
  add_paint (manager, "colour", 10);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*names*values*");
  wsoup_websocket_extension_manager_add_extension_with_properties (manager, TEST_TYPE_PAINT, 1,
                                                                   NULL, NULL);
  g_test_assert_expected_messages ();
  g_assert_false (wsoup_websocket_extension_manager_has_extension (manager, TEST_TYPE_PAINT));

  add_paint (manager, "colour", 7);
  assert_offered (session, G_TYPE_INVALID, "x-paint; colour=7");
  wsoup_websocket_extension_manager_add_extension (manager, TEST_TYPE_PAINT);
  assert_offered (session, G_TYPE_INVALID, "x-paint; colour=1");
  g_assert_true (wsoup_websocket_extension_manager_remove_extension (manager, TEST_TYPE_PAINT));
  g_assert_false (wsoup_websocket_extension_manager_remove_extension (manager, TEST_TYPE_PAINT));
}

static void
test_own_feature (void)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  g_autoptr (WsoupMessage) message = wsoup_message_new ("GET", "ws://localhost/");
  WsoupSessionFeature *counter = g_object_new (TEST_TYPE_COUNTER, NULL);

  wsoup_session_add_feature (session, counter);
  g_assert_true (wsoup_session_get_feature (session, TEST_TYPE_COUNTER) == counter);
  g_assert_true (wsoup_session_get_feature_for_message (session, TEST_TYPE_COUNTER, message) ==
                 counter);
  wsoup_message_disable_feature (message, TEST_TYPE_COUNTER);
  g_assert_true (wsoup_message_is_feature_disabled (message, TEST_TYPE_COUNTER));
  g_assert_null (wsoup_session_get_feature_for_message (session, TEST_TYPE_COUNTER, message));

  g_test_expect_message ("Wsoup", G_LOG_LEVEL_WARNING, "*TestCounter already*");
  wsoup_session_add_feature_by_type (session, TEST_TYPE_COUNTER);
  g_test_assert_expected_messages ();
  wsoup_session_remove_feature (session, counter);
  g_assert_null (wsoup_session_get_feature (session, TEST_TYPE_COUNTER));
  g_assert_finalize_object (counter);
  wsoup_session_add_feature_by_type (session, TEST_TYPE_COUNTER);
  g_assert_true (wsoup_session_has_feature (session, TEST_TYPE_COUNTER));
}

static void
test_no_feature (void)
{
  g_autoptr (WsoupSession) session = wsoup_session_new ();
  GType types[] = { G_TYPE_INT, G_TYPE_OBJECT, WSOUP_TYPE_WEBSOCKET_EXTENSION, G_TYPE_INVALID };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_test_expect_message ("Wsoup", G_LOG_LEVEL_WARNING, "*neither a feature nor an extension*");
      wsoup_session_add_feature_by_type (session, types[i]);
      g_test_expect_message ("Wsoup", G_LOG_LEVEL_WARNING, "*has no feature*");
      wsoup_session_remove_feature_by_type (session, types[i]);
      g_test_assert_expected_messages ();
    }
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*WSOUP_IS_SESSION_FEATURE (feature)*");
  wsoup_session_add_feature (session, NULL);
  g_test_assert_expected_messages ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/features/extensions-are-offered", test_extensions);
  g_test_add_func ("/features/extensions-get-their-properties", test_properties);
  g_test_add_func ("/features/a-program-can-have-its-own", test_own_feature);
  g_test_add_func ("/features/other-types-change-nothing", test_no_feature);
  return g_test_run ();
}
