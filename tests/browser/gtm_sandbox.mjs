/**
 * Google Tag Manager's sandbox, as much of it as a template needs: the APIs that `require` gives, each held to the
 * template's permissions, and the APIs of its tests. Mocked APIs are not held to permissions, as there.
 * https://developers.google.com/tag-platform/tag-manager/templates/api
 * https://developers.google.com/tag-platform/tag-manager/templates/tests
 *
 * Reads {code, permissions, setup, scenarios: [{name, code}]} from its input; writes [{name, error, called}].
 */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual, inspect } from "node:util";
import vm from "node:vm";

const NEEDS = {
  createQueue: "access_globals",
  injectScript: "inject_script",
  isConsentGranted: "access_consent",
  addConsentListener: "access_consent",
  logToConsole: "logging",
};

const copy = (value) => (value === undefined ? value : JSON.parse(JSON.stringify(value)));

function check(met, sentence) {
  if (!met) throw new Error(sentence);
}

/** GTM's own notation: {type: 2, listItem}, {type: 3, mapKey, mapValue}, {type: 1, string}, {type: 8, boolean}. */
function plain(value) {
  if (value.type == 2) return value.listItem.map(plain);
  if (value.type == 3) return Object.fromEntries(value.mapKey.map((key, n) => [plain(key), plain(value.mapValue[n])]));
  return value.type == 8 ? value.boolean : value.string;
}

function granted(permissions) {
  const found = {};
  for (const { instance } of permissions) {
    found[instance.key.publicId] = Object.fromEntries(instance.param.map(({ key, value }) => [key, plain(value)]));
  }
  return found;
}

// Whether an address fits a pattern such as https://*/flow.js: a star is a host, a path or a part of one.
function fits(url, pattern) {
  const { protocol, host, pathname } = new URL(url);
  const [, wantedHost, wantedPath] = /^https:\/\/([^/]+)(\/.*)$/.exec(pattern);
  const like = (text) => new RegExp("^" + text.split("*").map((part) => part.replace(/[.?+^$]/g, "\\$&")).join(".*") + "$");
  return protocol == "https:" && like(wantedHost).test(host) && like(wantedPath).test(pathname);
}

function apis(permissions, window, injected) {
  const globals = (key) => (permissions.access_globals.keys || []).find((row) => row.key == key) || {};
  const mayInject = (url) => permissions.inject_script.urls.some((pattern) => fits(url, pattern));
  const mayRead = (type) =>
    check(permissions.access_consent.consentTypes.some((row) => row.consentType == type && row.read), `consent ${type}`);
  return {
    createQueue(key) {
      check(globals(key).read && globals(key).write, `window.${key} may not be written`);
      window[key] = window[key] || [];
      return (...values) => window[key].push(...copy(values));
    },
    injectScript(url, onSuccess) {
      check(mayInject(url), `${url} may not be injected`);
      injected.push(url);
      onSuccess();
    },
    queryPermission: (permission, url) => permission == "inject_script" && mayInject(url),
    isConsentGranted: (type) => (mayRead(type), true),
    addConsentListener: (type) => mayRead(type),
    getType: (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value),
    logToConsole() {},
  };
}

function assertThat(actual) {
  const same = (expected) => isDeepStrictEqual(copy(actual), copy(expected));
  const say = (wanted) => `${inspect(actual, { depth: 9 })} ${wanted}`;
  return {
    isEqualTo: (expected) => check(same(expected), say(`is not ${inspect(expected, { depth: 9 })}`)),
    isTrue: () => check(actual === true, say("is not true")),
    isFalse: () => check(actual === false, say("is not false")),
    isUndefined: () => check(actual === undefined, say("is defined")),
    hasLength: (length) => check(actual.length === length, say(`has not length ${length}`)),
  };
}

function run(template, scenario) {
  const permissions = granted(template.permissions);
  const window = {};
  const injected = [];
  const called = {};
  const mocks = {};
  const real = apis(permissions, window, injected);
  const spied = (name, implementation) => (...given) => {
    (called[name] = called[name] || []).push(given);
    return implementation(...given);
  };
  const require = (name) => {
    check(name in real, `there is no API ${name}`);
    if (name in mocks) return spied(name, typeof mocks[name] == "function" ? mocks[name] : () => mocks[name]);
    check(!NEEDS[name] || permissions[NEEDS[name]], `${name} needs the permission ${NEEDS[name]}`);
    return spied(name, real[name]);
  };
  const sandbox = {
    require,
    assertThat,
    mock: (name, value) => (mocks[name] = value),
    assertApi: (name) => ({
      wasCalled: () => check(called[name], `${name} was not called`),
      wasNotCalled: () => check(!called[name], `${name} was called`),
    }),
    runCode(data) {
      const given = { ...data, gtmOnSuccess: spied("gtmOnSuccess", () => {}), gtmOnFailure: spied("gtmOnFailure", () => {}) };
      // A template has no globals but `data` and `require`.
      return vm.runInNewContext(`(function (data, require) { "use strict"; ${template.code}\n})`)(given, require);
    },
  };
  try {
    vm.runInNewContext(`(function () { "use strict"; ${template.setup}\n${scenario.code}\n})()`, sandbox);
    return { name: scenario.name, error: null, queue: window.headrace || [], injected };
  } catch (error) {
    return { name: scenario.name, error: error.message, queue: window.headrace || [], injected };
  }
}

const template = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(template.scenarios.map((scenario) => run(template, scenario))));
