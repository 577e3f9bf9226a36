import assert from "node:assert/strict";
import { test } from "node:test";
import {
  easter,
  inParis,
  isHoliday,
  stateOf,
} from "../../../extension/pages/guide/hours.js";
import { checkGuide, readFiles } from "../../../extension/tools/guide.mjs";

const guide = checkGuide(readFiles());
const OFFICE = {
  hours: [{ days: [1, 2, 3, 4, 5], from: "09:00", to: "18:30" }],
  holidays: "closed",
};
const at = (moment, contact = OFFICE) =>
  stateOf(contact, guide.calendar, new Date(moment));

test("open, closed, and when next", () => {
  assert.deepEqual(at("2026-11-24T09:00:00Z"), {
    state: "open",
    until: "18:30",
  });
  assert.deepEqual(at("2026-11-24T17:29:59Z"), {
    state: "open",
    until: "18:30",
  });
  assert.deepEqual(at("2026-11-24T17:30:00Z"), {
    state: "closed",
    in: 1,
    weekday: 3,
    at: "09:00",
  });
  assert.deepEqual(at("2026-11-24T07:59:00Z"), {
    state: "closed",
    in: 0,
    weekday: 2,
    at: "09:00",
  });
  // Friday evening: Monday.
  assert.equal(at("2026-11-27T20:00:00Z").in, 3);
  assert.deepEqual(at("2026-11-27T20:00:00Z", { always: true }), {
    state: "always",
  });
  assert.deepEqual(at("2026-11-27T20:00:00Z", {}), { state: "unknown" });
});

test("French holidays: fixed ones, and those that follow Easter", () => {
  assert.equal(easter(2024), "2024-03-31");
  assert.equal(easter(2025), "2025-04-20");
  assert.equal(easter(2026), "2026-04-05");
  assert.equal(easter(2038), "2038-04-25");
  for (const day of [
    "2026-01-01",
    "2026-04-06",
    "2026-05-01",
    "2026-05-08",
    "2026-05-14",
    "2026-05-25",
    "2026-07-14",
    "2026-08-15",
    "2026-11-01",
    "2026-11-11",
    "2026-12-25",
  ])
    assert.ok(isHoliday(day, guide.calendar), day);
  for (const day of ["2026-04-03", "2026-04-05", "2026-12-26", "2026-05-15"])
    assert.ok(!isHoliday(day, guide.calendar), day);
});

test("on a holiday: closed until the next working day, open, or not known", () => {
  const noon = "2026-05-01T10:00:00Z"; // a Friday
  assert.deepEqual(at(noon), {
    state: "closed",
    in: 3,
    weekday: 1,
    at: "09:00",
  });
  assert.equal(at(noon, { ...OFFICE, holidays: "open" }).state, "open");
  assert.deepEqual(at(noon, { ...OFFICE, holidays: "unknown" }), {
    state: "holiday",
    until: "18:30",
  });
  // The evening before: the holiday is passed over.
  assert.equal(at("2026-04-30T20:00:00Z").in, 4);
});

test("Paris keeps its hours when the clocks change, and whatever clock the computer keeps", () => {
  // 29 March 2026, 01:00 UTC: 02:00 becomes 03:00.
  assert.equal(inParis(new Date("2026-03-29T00:59:00Z")).time, "01:59");
  assert.equal(inParis(new Date("2026-03-29T01:00:00Z")).time, "03:00");
  // 25 October 2026, 01:00 UTC: 03:00 becomes 02:00.
  assert.equal(inParis(new Date("2026-10-25T00:30:00Z")).time, "02:30");
  assert.equal(inParis(new Date("2026-10-25T01:30:00Z")).time, "02:30");
  assert.equal(at("2026-03-27T07:30:00Z").state, "closed"); // Friday, 08:30
  assert.equal(at("2026-03-30T07:30:00Z").state, "open"); // Monday, 09:30
  assert.deepEqual(inParis(new Date("2026-12-31T23:30:00Z")), {
    day: "2027-01-01",
    weekday: 5,
    time: "00:30",
  });
});
