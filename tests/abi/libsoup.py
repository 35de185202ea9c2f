#!/usr/bin/env python3
"""Compares the API with libsoup 3's: `libsoup.py DIFFERENCES GIR`.

What wsoup has in common with libsoup has the same names, arguments, transfers and values. What is
missing, added or different on purpose stands in DIFFERENCES, with the reason; an entry that does not
apply any more is an error, too. Exit status 77 (skipped) if libsoup's GIR is not installed.
"""

import fnmatch
import os
import sys
import tomllib
import xml.etree.ElementTree as ElementTree

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'
CALLABLES = ('constructor', 'function', 'method', 'virtual-method', 'callback')
TYPES = ('class', 'interface', 'record', 'enumeration', 'bitfield')


def find_gir():
    folders = os.environ.get('XDG_DATA_DIRS') or '/usr/local/share:/usr/share'
    for folder in folders.split(':') + ['/usr/share']:
        path = os.path.join(folder, 'gir-1.0', 'Soup-3.0.gir')
        if os.path.exists(path):
            return path
    print('skipped: Soup-3.0.gir is not installed')
    sys.exit(77)


def type_of(item):
    array = item.find(CORE + 'array')
    if array is not None:
        length = array.get('length')
        length = f'[length={length}]' if length else ''
        return f'array<{type_of(array)}>{length}'
    kind = item.find(CORE + 'type')
    if kind is None:
        return 'varargs'
    inner = [inner.get('name') for inner in kind.findall(CORE + 'type')]
    return (kind.get('name') or '?') + (f'<{", ".join(inner)}>' if inner else '')


def argument(item):
    notes = [f'transfer {item.get("transfer-ownership", "none")}']
    notes += [item.get(key) for key in ('direction', 'scope') if item.get(key)]
    notes += [key for key in ('nullable', 'optional') if item.get(key) == '1']
    return f'{type_of(item)} ({", ".join(notes)})'


def signature(item):
    arguments = [f'{parameter.get("name")}: {argument(parameter)}'
                 for parameter in item.iterfind(f'{CORE}parameters/{CORE}parameter')]
    result = argument(item.find(CORE + 'return-value'))
    throws = ' throws' if item.get('throws') == '1' else ''
    return f'({", ".join(arguments)}) -> {result}{throws}'


def read(gir, prefix):
    """What a GIR declares: a description by name, such as `Session.new` or `Session:timeout`."""
    text = open(gir, encoding='utf-8').read()
    text = text.replace(prefix, 'Soup').replace(prefix.upper(), 'SOUP')
    text = text.replace(prefix.lower(), 'soup')
    namespace = ElementTree.fromstring(text).find(CORE + 'namespace')
    api = {}

    def add_callables(parent, path):
        for kind in CALLABLES:
            for item in parent.findall(CORE + kind):
                name = f'{path}{item.get("name")}' + (' (virtual)' if kind[0] == 'v' else '')
                api[name] = f'{kind} {signature(item)}'

    for kind in TYPES:
        for item in namespace.findall(CORE + kind):
            name = item.get('name')
            api[name] = f'{kind} : {item.get("parent")} {item.get(GLIB + "get-type") or ""}'
            add_callables(item, name + '.')
            for member in item.findall(CORE + 'member'):
                identifier = member.get(C + 'identifier')
                api[f'{name}.{member.get("name")}'] = f'{identifier} = {member.get("value")}'
            for field in item.findall(CORE + 'field'):
                if field.get('private') != '1' and field.get('name') != 'padding':
                    api[f'{name}->{field.get("name")}'] = 'field ' + type_of_field(field)
            for prop in item.findall(CORE + 'property'):
                access = [key for key in ('writable', 'construct-only') if prop.get(key) == '1']
                api[f'{name}:{prop.get("name")}'] = f'{type_of(prop)} {access}'
            for signal in item.findall(GLIB + 'signal'):
                api[f'{name}::{signal.get("name")}'] = f'signal {signature(signal)}'
    add_callables(namespace, '')
    return api


def type_of_field(field):
    callback = field.find(CORE + 'callback')
    return type_of(field) if callback is None else signature(callback)


class Differences:
    """What is different on purpose; remembers which entries were of use."""

    def __init__(self, path):
        self.groups = tomllib.load(open(path, 'rb'))
        self.unused = {(kind, pattern) for kind, group in self.groups.items() for pattern in group}

    def cover(self, kind, name):
        patterns = [p for p in self.groups[kind] if fnmatch.fnmatchcase(name, p)]
        self.unused -= {(kind, pattern) for pattern in patterns}
        return bool(patterns)


def compare(soup, wsoup, differences):
    def top(name):
        return name.split('.')[0].split(':')[0].split('->')[0]

    for name in sorted(soup.keys() | wsoup.keys()):
        if name not in wsoup:
            # Types that wsoup does not have at all are another library's, but for WebSocket's.
            is_ours = top(name) in wsoup or name.lower().startswith('websocket')
            if is_ours and not differences.cover('missing', name):
                yield f'missing: {name}\n  libsoup: {soup[name]}'
        elif name not in soup:
            if not differences.cover('added', name):
                yield f'not in libsoup: {name}\n  wsoup:   {wsoup[name]}'
        elif soup[name] != wsoup[name] and not differences.cover('different', name):
            yield f'different: {name}\n  libsoup: {soup[name]}\n  wsoup:   {wsoup[name]}'
    for kind, pattern in sorted(differences.unused):
        yield f'{kind} "{pattern}" is listed but does not apply'


def main(differences, gir):
    complaints = list(compare(read(find_gir(), 'Soup'), read(gir, 'Wsoup'),
                              Differences(differences)))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
