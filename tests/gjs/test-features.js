// What a session promises about its features.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Wsoup from 'gi://Wsoup?version=1.0';

import {assert, assertEqual, run, test} from './support.js';

const Paint = GObject.registerClass({
  GTypeName: 'GjsPaint',
  Properties: {
    colour: GObject.ParamSpec.int('colour', '', '', GObject.ParamFlags.READWRITE, 1, 9, 1),
  },
}, class Paint extends Wsoup.WebsocketExtension {});

const Counter = GObject.registerClass({
  GTypeName: 'GjsCounter',
  Implements: [Wsoup.SessionFeature],
}, class Counter extends GObject.Object {});

test('extensions go to the manager', fixture => {
  const manager = fixture.session.get_feature(Wsoup.WebsocketExtensionManager);
  fixture.session.add_feature_by_type(Paint);
  assert(manager.has_extension(Paint), 'the manager has it');
  manager.add_extension_with_properties(Paint, ['colour'], [7]);
  fixture.session.remove_feature_by_type(Paint);
  assert(!fixture.session.has_feature(Paint), 'it is gone');
});

test('a program has features of its own', fixture => {
  const counter = new Counter();
  fixture.session.add_feature(counter);
  assertEqual(fixture.session.get_feature(Counter), counter);
  const message = fixture.message('/echo');
  message.disable_feature(Counter);
  assertEqual(fixture.session.get_feature_for_message(Counter, message), null);
});

test('a jar of cookies is a feature', fixture => {
  const jar = new Wsoup.CookieJar();
  fixture.session.add_feature(jar);
  const changes = [];
  jar.connect('changed', (_jar, before, after) => changes.push([before, after.get_value()]));
  jar.add_cookie(Wsoup.Cookie.new('a', '1', 'example.com', '/', -1));
  assertEqual(JSON.stringify(changes), '[[null,"1"]]');
  const uri = GLib.Uri.parse('ws://example.com/chat', GLib.UriFlags.NONE);
  assertEqual(jar.get_cookies(uri, true), 'a=1');
  assertEqual(jar.all_cookies().length, 1);
});

run();
