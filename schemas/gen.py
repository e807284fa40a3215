#!/usr/bin/python3
"""gen.py - the contract becomes C: include/kiennghi/types.h and schemas/tables.c.

    schemas/gen.py [--schemas DIR] [--out DIR]

Reads asyncapi.json (names, ids and senders of the messages) and every other *.json of the schemas
folder: an object schema or an enum schema, in JSON Schema 2020-12. Writes two files of pure data;
their interpreters are codec.c (the wire) and stored.c (the disk). Needs nothing but the standard
library, and nobody needs it to build: the files are committed, the test schemas.fresh compares.

words.txt numbers every property and every value of an enum for stored.c: the line is the number.
New words are added at its end; a line is never moved, changed or removed, or old stores read wrong.

The dialect is small and total. Whatever is not named here is an error that names file and property:

    object   $schema title description type properties required
    enum     $schema title description type enum x-enum-descriptions
    property description (mandatory), x-private, and one of
             string   minLength maxLength(mandatory) pattern (^[0-9a-f]{N}$ or ^[0-9a-f]{N,M}$)
             integer  minimum maximum (both mandatory, within int64)
             boolean
             array    maxItems(mandatory), items: string | $ref to an object or enum file
             $ref     to an object or enum file; x-open on an enum: an unknown value reads as NONE

C mapping: file "petition.submit.json" is `struct kn_petition_submit`; a property that is a keyword
of C or C++ gets a trailing underscore ("case" is `case_`); see the opening comment of types.h.
"""
import argparse
import json
import os
import re
import sys
import textwrap

MAX_FIELDS, MAX_DEPTH = 64, 6
HEX = re.compile(r"^\^\[0-9a-f\]\{(\d+)(?:,(\d+))?\}\$$")
KEYWORDS = set("""alignas alignof and asm auto bool break case catch char class compl concept const
constexpr continue decltype default delete do double else enum explicit export extern false float
for friend goto if inline int long mutable namespace new noexcept not nullptr operator or private
protected public register requires restrict return short signed sizeof static struct switch template
this throw true try typedef typeid typename union unsigned using virtual void volatile while
xor""".split())
RESERVED = {"type", "schema", "enum", "message", "fault", "status", "exit"}
COMMON = {"description", "x-private"}


class Refused(Exception):
    """The contract is outside the dialect; says where and why."""


def need(condition, where, why):
    if not condition:
        raise Refused(f"{where}: {why}")


def only(node, allowed, where):
    odd = set(node) - set(allowed)
    need(not odd, where, f"{', '.join(sorted(odd))} not in the dialect")


def c_name(name):
    return re.sub(r"[.-]", "_", name)


def member(name):
    return name + "_" if name in KEYWORDS else name


# ---- reading: JSON files to a checked model ------------------------------------------------------


def load(path):
    def unique(pairs):
        keys = [key for key, _ in pairs]
        need(len(keys) == len(set(keys)), path, "a key occurs twice")
        return dict(pairs)

    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file, object_pairs_hook=unique)
    except ValueError as error:
        raise Refused(f"{path}: {error}") from None


def described(node, where):
    text = node.get("description")
    need(isinstance(text, str) and text.strip(), where, "description missing")
    need("*/" not in text, where, "description contains */")


class Field:
    """One property, checked, with all that a row of the table says."""

    def __init__(self, contract, file, key, node, required):
        where = f"{file}: {key}"
        need(re.fullmatch(r"[a-z][a-z0-9_]*", key), where, "name is not lower_case")
        need(len(key) <= 31, where, "name longer than 31 characters")
        described(node, where)
        self.key, self.name, self.required = key, member(key), required
        self.about = " ".join(node["description"].split())
        self.private, self.open = node.get("x-private", False), node.get("x-open", False)
        need(self.private in (True, False), where, "x-private is true or absent")
        self.min, self.max, self.items, self.hex, self.ref = 0, 0, 0, False, None
        if node.get("type") == "array":
            only(node, COMMON | {"type", "items", "maxItems"}, where)
            self.items = node.get("maxItems", 0)
            need(isinstance(self.items, int) and 0 < self.items < 65536, where,
                 "maxItems missing or not 1..65535")
            need(isinstance(node.get("items"), dict), where, "items missing")
            self.value(contract, file, where + "[]", node["items"], set())
            need(self.kind in ("STRING", "ENUM", "OBJECT"), where, "items are strings or $ref")
            self.kind += "S"
        else:
            self.value(contract, file, where, node, COMMON)

    def value(self, contract, file, where, node, extra):
        if "$ref" in node:
            ref = re.fullmatch(r"(?:\./)?([a-z0-9_.]+)\.json", str(node["$ref"]))
            need(ref and ref[1] in contract.files, where, f"$ref {node['$ref']} is not a file here")
            self.ref = ref[1]
            self.kind = "ENUM" if "enum" in contract.files[self.ref] else "OBJECT"
            only(node, extra | {"$ref"} | ({"x-open"} if extra and self.kind == "ENUM" else set()),
                 where)
            return
        kind = node.get("type")
        self.kind = {"string": "STRING", "integer": "INTEGER", "boolean": "BOOLEAN"}.get(kind)
        need(self.kind, where, f"type {kind!r} not in the dialect")
        if self.kind == "STRING":
            only(node, extra | {"type", "minLength", "maxLength", "pattern"}, where)
            self.min, self.max = node.get("minLength", 0), node.get("maxLength")
            need(isinstance(self.max, int), where, "maxLength missing")
            if "pattern" in node:
                form = HEX.match(node["pattern"])
                need(form, where, f"pattern {node['pattern']} not in the dialect")
                self.hex = True
                self.min = max(self.min, int(form[1]))
                self.max = min(self.max, int(form[2] or form[1]))
            need(0 <= self.min <= self.max <= 1 << 24, where, "lengths out of order")
        elif self.kind == "INTEGER":
            only(node, extra | {"type", "minimum", "maximum"}, where)
            self.min, self.max = node.get("minimum"), node.get("maximum")
            need(isinstance(self.min, int) and isinstance(self.max, int), where,
                 "minimum or maximum missing")
            need(-(1 << 63) <= self.min <= self.max < 1 << 63, where, "bounds out of order")
        else:
            only(node, extra | {"type"}, where)

    def members(self):
        """The C members, as (declaration, purpose) pairs; the value last."""
        c = f"kn_{c_name(self.ref)}" if self.ref else ""
        value = {
            "STRING": f"const char *{self.name}",
            "INTEGER": f"int64_t {self.name}",
            "BOOLEAN": f"bool {self.name}",
            "ENUM": f"enum {c} {self.name}",
            "OBJECT": f"const struct {c} *{self.name}",
            "STRINGS": f"const char *const *{self.name}",
            "ENUMS": f"const enum {c} *{self.name}",
            "OBJECTS": f"const struct {c} *{self.name}",
        }[self.kind]
        beside = self.beside()
        return [f"{'size_t' if self.items else 'bool'} {beside}", value] if beside else [value]

    def beside(self):
        """The member that says whether, or how many."""
        if self.items:
            return f"n_{self.name}"
        return f"has_{self.name}" if self.kind == "INTEGER" and not self.required else None

    def bounds(self):
        """What a reader of types.h wants to know of the limits."""
        said = []
        if self.required:
            said.append("required")
        if self.items:
            said.append(f"at most {self.items}")
        if self.kind in ("STRING", "STRINGS"):
            span = str(self.max) if self.min == self.max else f"{self.min}..{self.max}"
            said.append(f"{span} {'hex digits' if self.hex else 'characters'}")
        if self.kind == "INTEGER":
            said.append(f"{self.min}..{self.max}")
        if self.private:
            said.append("private")
        return ", ".join(said)


class Contract:
    """All files of the folder, checked."""

    def __init__(self, folder):
        self.files = {}
        for name in sorted(os.listdir(folder)):
            if name.endswith(".json") and name != "asyncapi.json":
                need(re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*\.json", name), name,
                     "file name is not lower.case.json")
                self.files[name[:-5]] = load(os.path.join(folder, name))
        seen = RESERVED.copy()
        for name in self.files:
            need(c_name(name) not in seen, name, "name is reserved or taken in C")
            seen.add(c_name(name))
        self.enums, self.objects = {}, {}
        for name, node in self.files.items():
            described(node, name)
            if "enum" in node:
                self.enums[name] = self.enum(name, node)
            else:
                self.objects[name] = self.object(name, node)
        self.order = []
        for name in self.objects:
            need(self.depth(name, ()) <= MAX_DEPTH, name, f"nested deeper than {MAX_DEPTH}")
        self.messages = self.messages_of(load(os.path.join(folder, "asyncapi.json")))

    def enum(self, name, node):
        only(node, {"$schema", "title", "description", "type", "enum", "x-enum-descriptions"}, name)
        need(node.get("type") == "string", name, "an enum is of type string")
        values, about = node["enum"], node.get("x-enum-descriptions", {})
        need(0 < len(values) < 256 and len(set(values)) == len(values), name, "bad enum")
        for value in values:
            need(re.fullmatch(r"[a-z0-9][a-z0-9_.-]*", value), f"{name}: {value}", "not lower_case")
            need(value in about, f"{name}: {value}", "x-enum-descriptions lacks it")
        need(len({c_name(value) for value in values} | {"none"}) ==
             len(values) + ("none" not in values), name, "two values have one name in C")
        need(set(about) <= set(values), name, "x-enum-descriptions names an unknown value")
        return values

    def object(self, name, node):
        only(node, {"$schema", "title", "description", "type", "properties", "required"}, name)
        need(node.get("type") == "object", name, "neither object nor enum")
        properties, required = node.get("properties", {}), node.get("required", [])
        need(0 < len(properties) <= MAX_FIELDS, name, f"1..{MAX_FIELDS} properties")
        need(set(required) <= set(properties), name, "required names an unknown property")
        need(len(set(required)) == len(required), name, "required names a property twice")
        fields = [Field(self, name, key, value, key in required)
                  for key, value in properties.items()]
        names = [f.name for f in fields] + [f.beside() for f in fields if f.beside()]
        need(len(set(names)) == len(names), name, "two members have one name in C")
        return fields

    def depth(self, name, above):
        """Depth of the msgpack tree; lists the objects in an order that C can read."""
        need(name not in above, name, "refers to itself")
        deepest = 1
        for f in self.objects[name]:
            below = 1 if f.items else 0
            if f.kind in ("OBJECT", "OBJECTS"):
                below += self.depth(f.ref, above + (name,))
            deepest = max(deepest, 1 + below)
        if name not in self.order:
            self.order.append(name)
        return deepest

    def messages_of(self, document):
        messages = {}
        for name, node in document.get("components", {}).get("messages", {}).items():
            where = f"asyncapi.json: {name}"
            number, senders = node.get("x-id"), node.get("x-from")
            need(isinstance(number, int) and 1 <= number <= 255, where, "x-id is not 1..255")
            need(number not in messages, where, f"x-id {number} is taken")
            need(isinstance(senders, list) and senders and
                 all(re.fullmatch(r"[a-z_]+", str(s)) for s in senders), where,
                 "x-from is not a list of roles")
            payload = node.get("payload", {})
            ref = payload.get("$ref") or payload.get("schema", {}).get("$ref")
            need(ref in (f"./{name}.json", f"{name}.json") and name in self.objects, where,
                 f"payload is not $ref ./{name}.json")
            messages[number] = (name, senders)
        need(messages, "asyncapi.json", "no messages")
        return dict(sorted(messages.items()))


# ---- writing -------------------------------------------------------------------------------------

MADE = "Made by schemas/gen.py from the files beside it; do not edit, the test schemas.fresh compares."
MANUAL = f"""/** types.h - the data of the contract: every enum, record and message as C.
 *
 * {MADE}
 *
 * Reading a structure: a string is NULL when absent, an object too; an enum is …_NONE; a boolean is
 * false; an optional integer has `has_x` beside it; an array `n_x`. A decoded structure lies in
 * one block with all that it points to. `required` must be there, `private` is personal data: it is
 * masked in print and left out of public encodings. Lengths count Unicode code points; instants
 * (`…_at`, `now`) are milliseconds since 1970-01-01T00:00:00Z. A name that is a keyword of C or C++
 * has an underscore behind it.
 */"""


def comment(text, indent="", tail=""):
    text = " ".join((text + (f" ({tail})" if tail else "")).split())
    if len(indent) + len(text) + 7 <= 100:
        return [f"{indent}/** {text} */"]
    lines = textwrap.wrap(text, 93 - len(indent), break_long_words=False, break_on_hyphens=False)
    return [f"{indent}/** {lines[0]}"] + [f"{indent} *  {x}" for x in lines[1:-1]] + \
        [f"{indent} *  {lines[-1]} */"]


def struct(contract, name):
    out = comment(contract.files[name]["description"]) + [f"struct kn_{c_name(name)} {{"]
    for f in contract.objects[name]:
        out += comment(f.about, "    ", f.bounds())
        out += [f"    {m};" for m in f.members()]
    return out + ["};", ""]


def values(prefix, rows):
    """Enumerators with their meaning behind them, aligned where that fits the line."""
    out = []
    width = max(len(f"{prefix}_{n} = {v},") for n, v, _ in rows)
    for n, v, about in rows:
        line = f"    {prefix}_{n} = {v},".ljust(width + 5)
        if len(line) + len(about) + 10 <= 100:
            out.append(f"{line}/**< {about} */")
        else:
            out += comment(about, "    ") + [line.rstrip()]
    return out


def types_h(contract):
    out = [MANUAL, "#ifndef KIENNGHI_TYPES_H", "#define KIENNGHI_TYPES_H", "",
           "#include <stdbool.h>", "#include <stddef.h>", "#include <stdint.h>", "",
           "#ifdef __cplusplus", 'extern "C" {', "#endif", "", "/* clang-format off */", ""]
    title = "/* ---- {} {} */"
    line = lambda text: title.format(text, "-" * (89 - len(text)))
    out += [line("Enums"), ""]
    for name, texts in contract.enums.items():
        about, c = contract.files[name].get("x-enum-descriptions"), c_name(name).upper()
        first = [] if "none" in texts else [("NONE", 0, "absent")]
        rows = first + [(c_name(t).upper(), i + 1, about[t]) for i, t in enumerate(texts)]
        if "none" in texts:
            rows.insert(0, ("ABSENT", 0, "absent"))
        rows.append(("COUNT", len(texts) + 1, "one more than the last"))
        out += comment(contract.files[name]["description"]) + [f"enum kn_{c_name(name)} {{"]
        out += values(f"KN_{c}", rows) + ["};", ""]
    names = {name for name, _ in contract.messages.values()}
    out += [line("Records: what messages carry and the store keeps"), ""]
    for name in contract.order:
        if name not in names:
            out += struct(contract, name)
    out += [line("Messages"), ""]
    out += comment("The messages; the number is the fourth byte of a frame.") + ["enum kn_type {"]
    rows = [("NONE", 0, "no message")]
    for number, (name, senders) in contract.messages.items():
        rows.append((c_name(name).upper(), number, f"sent by {', '.join(senders)}"))
    out += values("KN_TYPE", rows) + ["};", ""]
    for name, _ in contract.messages.values():
        out += struct(contract, name)
    out += [line("Names of the schemas and enums, for the generic functions of message.h"), ""]
    out += ["/** Every object schema. */", "enum kn_schema {", "    KN_SCHEMA_NONE = 0,"]
    out += [f"    KN_SCHEMA_{c_name(name).upper()}," for name in contract.objects] + ["};", ""]
    out += ["/** Every enum schema. */", "enum kn_enum {", "    KN_ENUM_NONE = 0,"]
    out += [f"    KN_ENUM_{c_name(name).upper()}," for name in contract.enums] + ["};", ""]
    out += ["/* clang-format on */", "", "#ifdef __cplusplus", "}", "#endif", "#endif", ""]
    return "\n".join(out)


def integer(value):
    """A literal of C; its most negative one cannot be written."""
    return "INT64_MIN" if value == -(1 << 63) else f"INT64_C({value})"


def words(contract, path):
    """The words of words.txt, with those behind them that the contract has gained."""
    with open(path, encoding="utf-8") as file:
        known = file.read().split()
    need(len(set(known)) == len(known), "words.txt", "a word is there twice")
    used = {f.key for fields in contract.objects.values() for f in fields}
    used |= {value for values in contract.enums.values() for value in values}
    return known + sorted(used - set(known))


def row(name, f, number):
    s = f"struct kn_{c_name(name)}"
    flags = [n for n, on in (("REQUIRED", f.required), ("PRIVATE", f.private), ("HEX", f.hex),
                             ("OPEN", f.open)) if on]
    ref = "0" if not f.ref else \
        f"KN_{'ENUM' if f.kind.startswith('ENUM') else 'SCHEMA'}_{c_name(f.ref).upper()}"
    beside = f"offsetof({s}, {f.beside()})" if f.beside() else "0"
    return (f'    {{"{f.key}", {len(f.key)}, KIND_{f.kind}, {" | ".join(flags) or 0}, '
            f"offsetof({s}, {f.name}), {beside}, {ref}, {f.items}, "
            f"{integer(f.min)}, {integer(f.max)}, {number[f.key]}}},")


def tables_c(contract, number):
    out = ["/* tables.c - the contract as rows for codec.c.", " *", f" * {MADE}", " */",
           '#include "schemas/codec.h"', "", "/* clang-format off */", "",
           "#define REQUIRED FIELD_REQUIRED", "#define PRIVATE FIELD_PRIVATE",
           "#define HEX FIELD_HEX", "#define OPEN FIELD_OPEN", ""]
    for name, texts in contract.enums.items():
        c = c_name(name)
        out += [f"_Static_assert(sizeof(enum kn_{c}) == sizeof(int), \"enums are as wide as int\");",
                f"static const char *const enum_{c}[] = {{", "    NULL,"]
        out += [f'    "{t}",' for t in texts] + ["};"]
        out += [f"static const uint16_t words_{c}[] = {{",
                "    0, " + ", ".join(str(number[t]) for t in texts), "};", ""]
    out += ["const struct enum_row codec_enums[] = {", '    {"", NULL, NULL, 0},']
    out += [f'    {{"{name}", enum_{c_name(name)}, words_{c_name(name)}, {len(texts)}}},'
            for name, texts in contract.enums.items()]
    out += ["};", "const size_t codec_n_enums = sizeof codec_enums / sizeof *codec_enums;", "",
            "/* key, its length, kind, flags, offset, offset of has_x or n_x, schema or enum, "
            "max items, bounds, word */"]
    for name, fields in contract.objects.items():
        out += [f"static const struct field_row fields_{c_name(name)}[] = {{"]
        out += [row(name, f, number) for f in fields] + ["};", ""]
    out += ["const struct schema_row codec_schemas[] = {", '    {"", NULL, 0, 0, 0},']
    for name, fields in contract.objects.items():
        mask = sum(1 << i for i, f in enumerate(fields) if f.required)
        out.append(f'    {{"{name}", fields_{c_name(name)}, {len(fields)}, '
                   f"sizeof(struct kn_{c_name(name)}), UINT64_C(0x{mask:x})}},")
    out += ["};", "const size_t codec_n_schemas = sizeof codec_schemas / sizeof *codec_schemas;", ""]
    out += ["const struct type_row codec_types[256] = {"]
    for name, senders in contract.messages.values():
        c = c_name(name).upper()
        out.append(f'    [KN_TYPE_{c}] = {{"{name}", KN_SCHEMA_{c}, "{" ".join(senders)}"}},')
    return "\n".join(out + ["};", ""])


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description="writes types.h and tables.c from the schemas")
    parser.add_argument("--schemas", default=here, help="folder of the JSON files")
    parser.add_argument("--out", default=os.path.dirname(here), help="root to write below")
    options = parser.parse_args()
    try:
        contract = Contract(options.schemas)
        known = words(contract, os.path.join(here, "words.txt"))
    except Refused as fault:
        sys.exit(f"gen.py: {fault}")
    number = {word: i + 1 for i, word in enumerate(known)}
    for path, text in (("include/kiennghi/types.h", types_h(contract)),
                       ("schemas/tables.c", tables_c(contract, number)),
                       ("schemas/words.txt", "\n".join(known) + "\n")):
        path = os.path.join(options.out, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
