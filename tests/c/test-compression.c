/* What compression promises. */
#include "support.h"

#define TEXT "some words, some words, some words, some words"

static WsoupWebsocketExtensionDeflate *
deflate_of (End *end)
{
  GList *extensions = wsoup_websocket_connection_get_extensions (end->connection);

  g_assert_cmpuint (g_list_length (extensions), ==, 1);
  return WSOUP_WEBSOCKET_EXTENSION_DEFLATE (extensions->data);
}

static void
test_default (Pair *pair, gconstpointer path G_GNUC_UNUSED)
{
  WsoupWebsocketExtensionDeflate *deflate = deflate_of (pair->client);

  g_assert_true (wsoup_websocket_extension_deflate_get_compress (deflate));
  g_assert_cmpint (wsoup_websocket_extension_deflate_get_level (deflate), ==, -1);
  g_assert_cmpuint (wsoup_websocket_extension_deflate_get_memory_level (deflate), ==, 5);
  g_assert_cmpuint (wsoup_websocket_extension_deflate_get_client_max_window_bits (deflate), ==, 15);
  g_assert_cmpuint (wsoup_websocket_extension_deflate_get_server_max_window_bits (deflate), ==, 15);
  g_assert_false (wsoup_websocket_extension_deflate_get_client_no_context_takeover (deflate));
  g_assert_false (wsoup_websocket_extension_deflate_get_server_no_context_takeover (deflate));

  wsoup_websocket_connection_send_text (pair->client->connection, TEXT);
  wsoup_websocket_extension_deflate_set_compress (deflate, FALSE);
  wsoup_websocket_connection_send_text (pair->client->connection, TEXT);
  wsoup_websocket_extension_deflate_set_compress (deflate, TRUE);
  wsoup_websocket_extension_deflate_set_level (deflate, 9);
  wsoup_websocket_extension_deflate_set_memory_level (deflate, 1);
  wsoup_websocket_extension_deflate_set_minimum_size (deflate, 0);
  g_assert_cmpuint (wsoup_websocket_extension_deflate_get_minimum_size (deflate), ==, 0);
  wsoup_websocket_connection_send_text (pair->client->connection, TEXT);
  wait_for (pair->client->messages->len == 3);
  assert_message (pair->client, 2, WSOUP_WEBSOCKET_DATA_TEXT, TEXT, strlen (TEXT));
}

static void
test_vfuncs (void)
{
  g_autoptr (WsoupWebsocketExtension) deflate =
    g_object_new (WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) inflated = NULL;
  guint8 header = 0x81;
  GBytes *deflated;

  deflated = wsoup_websocket_extension_process_outgoing_message (
    deflate, &header, g_bytes_new_static (TEXT, strlen (TEXT)), &error);
  g_assert_no_error (error);
  g_assert_cmphex (header, ==, 0xc1);
  g_assert_cmpuint (g_bytes_get_size (deflated), <, strlen (TEXT));
  inflated =
    wsoup_websocket_extension_process_incoming_message (deflate, &header, deflated, &error);
  g_assert_no_error (error);
  g_assert_cmphex (header, ==, 0x81);
  g_assert_cmpmem (g_bytes_get_data (inflated, NULL), g_bytes_get_size (inflated), TEXT,
                   strlen (TEXT));

  header = 0xc1;
  g_assert_null (wsoup_websocket_extension_process_incoming_message (
    deflate, &header, g_bytes_new_static ("\xff\xff\xff\xff", 4), &error));
  g_assert_error (error, WSOUP_WEBSOCKET_ERROR, WSOUP_WEBSOCKET_ERROR_BAD_DATA);
}

static void
test_arguments (void)
{
  g_autoptr (WsoupWebsocketExtensionDeflate) deflate =
    g_object_new (WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE, NULL);
  g_autoptr (WsoupServer) server = wsoup_server_new (NULL, NULL);

  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*level >= -1*");
  wsoup_websocket_extension_deflate_set_level (deflate, 10);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*memory_level >= 1*");
  wsoup_websocket_extension_deflate_set_memory_level (deflate, 0);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*WSOUP_IS_WEBSOCKET_EXTENSION_DEFLATE*");
  g_assert_false (wsoup_websocket_extension_deflate_get_compress (NULL));
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*no class of extensions*");
  wsoup_server_add_websocket_extension (server, G_TYPE_OBJECT);
  g_test_expect_message ("Wsoup", G_LOG_LEVEL_CRITICAL, "*names*values*");
  wsoup_server_add_websocket_extension_with_properties (
    server, WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE, 1, NULL, NULL);
  wsoup_server_remove_websocket_extension (server, G_TYPE_OBJECT);
  g_test_assert_expected_messages ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/compression/both-sides-agree-on-it-by-themselves", Pair, "/echo", pair_open,
              test_default, pair_close);
  g_test_add_func ("/compression/works-without-a-connection", test_vfuncs);
  g_test_add_func ("/compression/wrong-arguments-change-nothing", test_arguments);
  return g_test_run ();
}
