import { describe, expect, it } from 'vitest';
import { addTelegram } from '../../../src/config/add-telegram.js';

const add = (text: string, name = 'Ann'): string | null => addTelegram(text, { name, terminal: 'ann', userId: '11' });

describe('a Telegram account', () => {
  it.each([
    ['a mapping on one line', 'people:\n  - { name: Ann, role: approver }\n', 'people:\n  - { name: Ann, role: approver, telegram: 11 }\n'],
    ['one with a comma at its end', 'people: [{ name: Ann, role: approver, }]\n', 'people: [{ name: Ann, role: approver, telegram: 11, }]\n'],
    ['one over several lines', 'people:\n- name: Ann\n  role: approver # yes\nlog: {}\n', 'people:\n- name: Ann\n  role: approver # yes\n  telegram: 11\nlog: {}\n'],
    ['a quoted value at the end of the file', 'people:\n  - name: Ann\n    role: "approver"', 'people:\n  - name: Ann\n    role: "approver"\n    telegram: 11'],
    ['no people at all', 'host: vm-1', 'host: vm-1\n\npeople:\n  - { name: "Ann", role: approver, terminal: "ann", telegram: 11 }\n'],
    ['an empty file', '', '\npeople:\n  - { name: "Ann", role: approver, terminal: "ann", telegram: 11 }\n'],
  ])('is added to %s, and nothing else changes', (_, before, after) => {
    expect(add(before)).toBe(after);
  });

  it.each([
    ['somebody who is not there', 'people: [{ name: Ben, role: approver }]'],
    ['who has one', 'people: [{ name: Ann, role: approver, telegram: 7 }]'],
    ['an alias', 'x: &a { name: Ann, role: approver }\npeople: [*a]'],
    ['an alias as the last value', 'host: &h ann\npeople: [{ name: Ann, role: approver, terminal: *h }]'],
    ['a list that is none', 'people: { name: Ann }'],
    ['people left empty', 'people:\n'],
    ['what is no YAML', 'people: [{'],
  ])('is left to people with %s', (_, before) => {
    expect(add(before)).toBeNull();
  });
});
