"""What a session promises about its features."""

import unittest

from gi.repository import GObject
from support import TestCase, Wsoup


class Paint(Wsoup.WebsocketExtension):
    __gtype_name__ = "PythonPaint"

    colour = GObject.Property(type=int, minimum=1, maximum=9, default=1)


class Counter(GObject.Object, Wsoup.SessionFeature):
    __gtype_name__ = "PythonCounter"


class Features(TestCase):
    def test_extensions_go_to_the_manager(self):
        manager = self.session.get_feature(Wsoup.WebsocketExtensionManager)
        self.assertIsInstance(manager, Wsoup.WebsocketExtensionManager)
        self.session.add_feature_by_type(Paint)
        self.assertTrue(self.session.has_feature(Paint))
        self.assertTrue(manager.has_extension(Paint))
        self.session.remove_feature_by_type(Paint)
        self.assertFalse(manager.has_extension(Paint))

    def test_extensions_have_properties(self):
        manager = Wsoup.WebsocketExtensionManager()
        manager.add_extension_with_properties(Paint, ["colour"], [7])
        self.assertTrue(manager.has_extension(Paint))
        self.assertTrue(manager.remove_extension(Paint))

    def test_a_program_has_features_of_its_own(self):
        counter = Counter()
        self.session.add_feature(counter)
        self.assertEqual(self.session.get_feature(Counter), counter)
        message = self.message("/echo")
        message.disable_feature(Counter)
        self.assertTrue(message.is_feature_disabled(Counter))
        self.assertIsNone(self.session.get_feature_for_message(Counter, message))
        self.session.remove_feature(counter)
        self.assertFalse(self.session.has_feature(Counter))


if __name__ == "__main__":
    unittest.main()
