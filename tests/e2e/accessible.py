"""Looks at the native parts of the program's windows, which the page cannot see, through the accessibility bus:

accessible.py PID menu NAME   prints where the visible menu entry NAME is on the screen, as "x y"
accessible.py PID state NAME...    prints whether the entry below these menus is enabled and ticked, as JSON
accessible.py PID entry       prints the text of the text field that has the keyboard, between quotes
accessible.py PID tree        prints everything there is

Prints nothing when there is no such thing. Runs on the system's Python, which has the bus's bindings.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib

Role, State = Atspi.Role, Atspi.StateType
MENU_ROLES = (Role.MENU, Role.MENU_ITEM, Role.CHECK_MENU_ITEM, Role.RADIO_MENU_ITEM)
# The page is a large tree with nothing native in it; so are the tables of a file dialog.
SKIPPED = (Role.DOCUMENT_WEB, Role.DOCUMENT_FRAME, Role.TABLE, Role.TREE_TABLE)


def children(node):
    return [child for child in (node.get_child_at_index(i) for i in range(node.get_child_count())) if child]


def everything_in(node, depth=0):
    yield depth, node
    if node.get_role() not in SKIPPED:
        for child in children(node):
            yield from everything_in(child, depth + 1)


def everything_of(pid):
    for program in children(Atspi.get_desktop(0)):
        if program.get_process_id() == pid:
            yield from everything_in(program)


def menu_entry(node, name):
    if node.get_role() not in MENU_ROLES or node.get_name() != name or not node.get_state_set().contains(State.SHOWING):
        return None
    area = node.get_extents(Atspi.CoordType.SCREEN)
    return f"{area.x + area.width // 2} {area.y + area.height // 2}"


def menu_state(program, names):
    """Whether the entry that these names lead to is sensitive and checked."""
    nodes = [node for _, node in everything_in(program) if node.get_role() in MENU_ROLES and node.get_name() == names[0]]
    for name in names[1:]:
        nodes = [child for node in nodes for _, child in everything_in(node) if child.get_name() == name]
    if not nodes:
        return None
    state = nodes[0].get_state_set()
    return json.dumps([state.contains(State.SENSITIVE), state.contains(State.CHECKED)])


def focused_text(node):
    if node.get_role() != Role.TEXT or not node.get_state_set().contains(State.FOCUSED):
        return None
    return json.dumps(Atspi.Text.get_text(node, 0, Atspi.Text.get_character_count(node)))


def main(pid, kind, *rest):
    if kind == "tree":
        for depth, node in everything_of(int(pid)):
            print("  " * depth, node.get_role_name(), repr(node.get_name()))
        return
    if kind == "state":
        programs = (program for program in children(Atspi.get_desktop(0)) if program.get_process_id() == int(pid))
        print(next(filter(None, (menu_state(program, rest) for program in programs)), ""))
        return
    look = {"menu": menu_entry, "entry": focused_text}[kind]
    found = (look(node, *rest) for _, node in everything_of(int(pid)))
    print(next(filter(None, found), ""))


try:
    main(*sys.argv[1:])
except GLib.Error:
    # Something vanished while it was looked at; whoever waits for it asks again.
    print()
