#!/usr/bin/env python3
"""Checks of what other programs build on; `check.py CHECK FILES…`, exit status 1 if one fails.

symbols LIBRARY HEADERS…    the library exports exactly the functions that the headers declare
header HEADERS…             the headers use no type of C whose size GObject does not know
documentation GIR           everything is documented, and arguments of signals have names
enumerations LIBRARY GIR HEADERS…    header, library and GIR have the same members
"""

import ctypes
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

CORE = '{http://www.gtk.org/introspection/core/1.0}'
C = '{http://www.gtk.org/introspection/c/1.0}'
GLIB = '{http://www.gtk.org/introspection/glib/1.0}'


def read_code(headers):
    """The headers without comments and directives."""
    text = '\n'.join(open(header, encoding='utf-8').read() for header in headers)
    text = re.sub(r'/\*.*?\*/', ' ', text, flags=re.S)
    return re.sub(r'^[ \t]*#(?:.*\\\n)*.*$', '', text, flags=re.M)


def declared_functions(headers):
    code = read_code(headers)
    functions = set(re.findall(r'\b(wsoup_\w+)\s*\(', code))
    for function in re.findall(r'G_DECLARE_(?:FINAL_TYPE|INTERFACE) \(\w+, (\w+),', code):
        functions.add(function + '_get_type')
    return functions


def check_symbols(library, *headers):
    listing = subprocess.run(
        ['nm', '--dynamic', '--defined-only', '--format=posix', library],
        check=True, capture_output=True, text=True).stdout
    exported = {line.split()[0] for line in listing.splitlines()}
    declared = declared_functions(headers)
    for name in sorted(declared - exported):
        yield f'{name} is declared in the header but not exported'
    for name in sorted(exported - declared):
        yield f'{name} is exported but not declared in the header'
    if not declared:
        yield 'no function was found in the header'


def check_header(*headers):
    # `bool` has one byte, `gboolean` four; g-ir-scanner takes one for the other.
    for number, line in enumerate(read_code(headers).splitlines(), 1):
        for word in re.findall(r'\b(?:bool|_Bool|u?int(?:8|16|32|64|ptr)_t|wchar_t)\b', line):
            yield f'{word} in: {line.strip()}'


def check_documentation(gir):
    namespace = ElementTree.parse(gir).getroot().find(CORE + 'namespace')
    seen = 0
    for parent in namespace.iter():
        for kind in 'property', 'member', 'virtual-method', 'method', 'function', 'constructor':
            for item in parent.findall(CORE + kind):
                seen += 1
                # The documentation of a virtual method stands in the class structure.
                if kind != 'virtual-method' and item.find(CORE + 'doc') is None:
                    yield f'{parent.get("name")}: {kind} {item.get("name")} is not documented'
        for signal in parent.findall(GLIB + 'signal'):
            seen += 1
            where = f'{parent.get("name")}::{signal.get("name")}'
            if signal.find(CORE + 'doc') is None:
                yield f'{where} is not documented'
            for argument in signal.iterfind(f'{CORE}parameters/{CORE}parameter'):
                if re.fullmatch(r'p\d+|object', argument.get('name')):
                    yield f'{where}: the argument {argument.get("name")} has no name'
                if argument.find(CORE + 'doc') is None:
                    yield f'{where}: the argument {argument.get("name")} is not documented'
    for kind in 'class', 'interface', 'record', 'enumeration', 'bitfield', 'callback':
        for item in namespace.findall(CORE + kind):
            is_private = item.get(GLIB + 'is-gtype-struct-for') is not None
            if not is_private and item.find(CORE + 'doc') is None:
                yield f'{kind} {item.get("name")} is not documented'
    if not seen:
        yield 'the GIR is empty'


class TypeClass(ctypes.Structure):
    _fields_ = [('g_type', ctypes.c_size_t)]


class EnumValue(ctypes.Structure):
    _fields_ = [('value', ctypes.c_int), ('name', ctypes.c_char_p), ('nick', ctypes.c_char_p)]


class EnumClass(ctypes.Structure):
    _fields_ = [('type_class', TypeClass), ('minimum', ctypes.c_int), ('maximum', ctypes.c_int),
                ('n_values', ctypes.c_uint), ('values', ctypes.POINTER(EnumValue))]


class FlagsClass(ctypes.Structure):
    _fields_ = [('type_class', TypeClass), ('mask', ctypes.c_uint), ('n_values', ctypes.c_uint),
                ('values', ctypes.POINTER(EnumValue))]


def registered_members(library, get_type, structure):
    """The members of a GType: value, name, nick."""
    gobject = ctypes.CDLL('libgobject-2.0.so.0')
    gobject.g_type_class_ref.argtypes = [ctypes.c_size_t]
    gobject.g_type_class_ref.restype = ctypes.POINTER(structure)
    function = getattr(library, get_type)
    function.restype = ctypes.c_size_t
    type_class = gobject.g_type_class_ref(function()).contents
    members = type_class.values[:type_class.n_values]
    return {(member.value, member.name.decode(), member.nick.decode()) for member in members}


def declared_members(code, name):
    """The members of an enumeration in the header: value, name."""
    body = re.search(r'typedef enum \{([^}]*)\} ' + name + ';', code).group(1)
    for member, value in re.findall(r'(\w+) = (\d+|\(1 << \d+\))', body):
        yield eval(value, {}), member


def check_enumerations(library_file, gir, *headers):
    namespace = ElementTree.parse(gir).getroot().find(CORE + 'namespace')
    library = ctypes.CDLL(library_file)
    code = read_code(headers)
    seen = 0
    for kind, structure in ('enumeration', EnumClass), ('bitfield', FlagsClass):
        for item in namespace.findall(CORE + kind):
            seen += 1
            name = item.get(C + 'type')
            if item.get(GLIB + 'get-type') is None:
                yield f'{name} has no GType'
                continue
            registered = registered_members(library, item.get(GLIB + 'get-type'), structure)
            declared = set(declared_members(code, name))
            introspected = {(int(member.get('value')), member.get(C + 'identifier'))
                            for member in item.findall(CORE + 'member')}
            for value, member in declared ^ {(value, member) for value, member, _ in registered}:
                yield f'{name}: {member} = {value} is not in both the header and the library'
            for value, member in declared ^ introspected:
                yield f'{name}: {member} = {value} is not in both the header and the GIR'
            for _, member, nick in registered:
                if not member.lower().replace('_', '-').endswith('-' + nick):
                    yield f'{name}: the nick of {member} is {nick}'
    if not seen:
        yield 'no enumeration was found'


def main(check, *files):
    checks = {
        'symbols': check_symbols,
        'header': check_header,
        'documentation': check_documentation,
        'enumerations': check_enumerations,
    }
    complaints = list(checks[check](*files))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
