___TERMS_OF_SERVICE___

By creating or modifying this file you agree to Google Tag Manager's Community
Template Gallery Developer Terms of Service available at
https://developers.google.com/tag-manager/gallery-tos (or such other URL as
Google may provide), as modified from time to time.


___INFO___

{
  "type": "TAG",
  "id": "cvt_temp_public_id",
  "version": 1,
  "securityGroups": [],
  "displayName": "Headrace",
  "brand": {
    "id": "brand_dummy",
    "displayName": "Headrace"
  },
  "categories": [
    "ANALYTICS",
    "MARKETING",
    "PERSONALIZATION"
  ],
  "description": "Loads headrace.js from your own host and sends events, page views and who the visitor is to your Headrace collector.",
  "containerContexts": [
    "WEB"
  ]
}


___TEMPLATE_PARAMETERS___

[
  {
    "type": "SELECT",
    "name": "call",
    "displayName": "What to do",
    "macrosInSelect": false,
    "simpleValueType": true,
    "defaultValue": "init",
    "alwaysInSummary": true,
    "selectItems": [
      {
        "value": "init",
        "displayValue": "Load the tag"
      },
      {
        "value": "track",
        "displayValue": "Send an event"
      },
      {
        "value": "identify",
        "displayValue": "Say who the visitor is"
      },
      {
        "value": "page",
        "displayValue": "Send a page view"
      },
      {
        "value": "reset",
        "displayValue": "Forget the visitor (logged out)"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "host",
    "displayName": "Host of your collector",
    "simpleValueType": true,
    "valueHint": "https://events.shop.example",
    "help": "The tag is loaded from /flow.js there, and sends to /flow.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      },
      {
        "type": "REGEX",
        "args": [
          "^https://[^/]+/?$"
        ],
        "errorMessage": "https:// and a host, without a path"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "init",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "writeKey",
    "displayName": "Write key",
    "simpleValueType": true,
    "help": "Of a source with trust: browser.",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "init",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "SELECT",
    "name": "consent",
    "displayName": "Consent",
    "macrosInSelect": false,
    "simpleValueType": true,
    "defaultValue": "mode",
    "selectItems": [
      {
        "value": "mode",
        "displayValue": "Follow consent mode (analytics_storage)"
      },
      {
        "value": "pending",
        "displayValue": "Wait until the page calls headrace.consent(true)"
      },
      {
        "value": "granted",
        "displayValue": "Not needed"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "init",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "CHECKBOX",
    "name": "pages",
    "checkboxText": "Send page views by itself, also in single-page apps",
    "simpleValueType": true,
    "defaultValue": true,
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "init",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "CHECKBOX",
    "name": "collectors",
    "checkboxText": "Send clicks and forms that have data-hr-event attributes",
    "simpleValueType": true,
    "defaultValue": true,
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "init",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "event",
    "displayName": "Event",
    "simpleValueType": true,
    "valueHint": "Add To Cart",
    "valueValidators": [
      {
        "type": "NON_EMPTY"
      }
    ],
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "track",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "userId",
    "displayName": "User id",
    "simpleValueType": true,
    "help": "Leave it empty to set traits of a visitor who has not logged in.",
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "identify",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "pageName",
    "displayName": "Name of the page",
    "simpleValueType": true,
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "page",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "TEXT",
    "name": "object",
    "displayName": "Properties or traits from a variable",
    "simpleValueType": true,
    "help": "A variable that is an object. The table below adds to it.",
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "track",
        "type": "EQUALS"
      },
      {
        "paramName": "call",
        "paramValue": "identify",
        "type": "EQUALS"
      },
      {
        "paramName": "call",
        "paramValue": "page",
        "type": "EQUALS"
      }
    ]
  },
  {
    "type": "SIMPLE_TABLE",
    "name": "table",
    "displayName": "Properties or traits",
    "simpleTableColumns": [
      {
        "defaultValue": "",
        "displayName": "Name",
        "name": "name",
        "type": "TEXT",
        "valueValidators": [
          {
            "type": "NON_EMPTY"
          }
        ],
        "isUnique": true
      },
      {
        "defaultValue": "",
        "displayName": "Value",
        "name": "value",
        "type": "TEXT"
      }
    ],
    "newRowButtonText": "Add",
    "help": "A value may be a variable, and keeps its type then.",
    "enablingConditions": [
      {
        "paramName": "call",
        "paramValue": "track",
        "type": "EQUALS"
      },
      {
        "paramName": "call",
        "paramValue": "identify",
        "type": "EQUALS"
      },
      {
        "paramName": "call",
        "paramValue": "page",
        "type": "EQUALS"
      }
    ]
  }
]


___SANDBOXED_JS_FOR_WEB_TEMPLATE___

// Each tag puts its call into the queue window.headrace, which headrace.js empties in order: it does not matter which
// tag fires first.
const addConsentListener = require('addConsentListener');
const createQueue = require('createQueue');
const getType = require('getType');
const injectScript = require('injectScript');
const isConsentGranted = require('isConsentGranted');
const logToConsole = require('logToConsole');
const queryPermission = require('queryPermission');

const CONSENT = 'analytics_storage';
const call = createQueue('headrace');

const properties = () => {
  const found = {};
  if (getType(data.object) === 'object') {
    for (let name in data.object) found[name] = data.object[name];
  }
  (data.table || []).forEach((row) => {
    found[row.name] = row.value;
  });
  return found;
};

const consent = () => {
  if (data.consent !== 'mode') return data.consent;
  addConsentListener(CONSENT, (type, granted) => call(['consent', granted]));
  return isConsentGranted(CONSENT) ? 'granted' : 'pending';
};

const load = () => {
  const host = data.host.charAt(data.host.length - 1) === '/' ? data.host.slice(0, -1) : data.host;
  const url = host + '/flow.js';
  if (!queryPermission('inject_script', url)) {
    logToConsole('Headrace: this template may not load ' + url);
    data.gtmOnFailure();
    return;
  }
  call(['init', data.writeKey, {
    host: host, consent: consent(), pages: !!data.pages, collectors: !!data.collectors
  }]);
  injectScript(url, data.gtmOnSuccess, data.gtmOnFailure, url);
};

const CALLS = {
  track: () => ['track', data.event, properties()],
  identify: () => ['identify', data.userId || null, properties()],
  page: () => data.pageName ? ['page', data.pageName, properties()] : ['page', properties()],
  reset: () => ['reset']
};

if (data.call === 'init') {
  load();
} else {
  call(CALLS[data.call]());
  data.gtmOnSuccess();
}


___WEB_PERMISSIONS___

[
  {
    "instance": {
      "key": {
        "publicId": "access_globals",
        "versionId": "1"
      },
      "param": [
        {
          "key": "keys",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "key"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  },
                  {
                    "type": 1,
                    "string": "execute"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "headrace"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "inject_script",
        "versionId": "1"
      },
      "param": [
        {
          "key": "urls",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 1,
                "string": "https://*/flow.js"
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "access_consent",
        "versionId": "1"
      },
      "param": [
        {
          "key": "consentTypes",
          "value": {
            "type": 2,
            "listItem": [
              {
                "type": 3,
                "mapKey": [
                  {
                    "type": 1,
                    "string": "consentType"
                  },
                  {
                    "type": 1,
                    "string": "read"
                  },
                  {
                    "type": 1,
                    "string": "write"
                  }
                ],
                "mapValue": [
                  {
                    "type": 1,
                    "string": "analytics_storage"
                  },
                  {
                    "type": 8,
                    "boolean": true
                  },
                  {
                    "type": 8,
                    "boolean": false
                  }
                ]
              }
            ]
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  },
  {
    "instance": {
      "key": {
        "publicId": "logging",
        "versionId": "1"
      },
      "param": [
        {
          "key": "environments",
          "value": {
            "type": 1,
            "string": "debug"
          }
        }
      ]
    },
    "clientAnnotations": {
      "isEditedByUser": true
    },
    "isRequired": true
  }
]


___TESTS___

scenarios:
- name: Loading puts init into the queue and loads the script from the host
  code: |-
    runCode(loading);

    assertThat(calls).isEqualTo([
      ['init', 'k1', {host: 'https://events.shop.example', consent: 'granted', pages: true, collectors: true}]
    ]);
    assertThat(urls).isEqualTo(['https://events.shop.example/flow.js']);
    assertApi('gtmOnSuccess').wasCalled();
    assertApi('gtmOnFailure').wasNotCalled();
- name: A slash at the end of the host does not matter
  code: |-
    loading.host = 'https://events.shop.example/';
    runCode(loading);

    assertThat(urls).isEqualTo(['https://events.shop.example/flow.js']);
- name: Page views and data collectors can be switched off
  code: |-
    loading.pages = false;
    loading.collectors = false;
    runCode(loading);

    assertThat(calls[0][2].pages).isFalse();
    assertThat(calls[0][2].collectors).isFalse();
- name: A script that does not load is a failure
  code: |-
    mock('injectScript', (url, onSuccess, onFailure) => {
      onFailure();
    });
    runCode(loading);

    assertApi('gtmOnFailure').wasCalled();
    assertApi('gtmOnSuccess').wasNotCalled();
- name: A host that may not be loaded from is a failure
  code: |-
    mock('queryPermission', false);
    runCode(loading);

    assertApi('injectScript').wasNotCalled();
    assertApi('gtmOnFailure').wasCalled();
    assertThat(calls).hasLength(0);
- name: Consent mode is followed, and again when it changes
  code: |-
    let listener;
    mock('isConsentGranted', false);
    mock('addConsentListener', (type, then) => {
      assertThat(type).isEqualTo('analytics_storage');
      listener = then;
    });
    loading.consent = 'mode';
    runCode(loading);
    assertThat(calls[0][2].consent).isEqualTo('pending');

    listener('analytics_storage', true);
    listener('analytics_storage', false);
    assertThat(calls.slice(1)).isEqualTo([['consent', true], ['consent', false]]);
- name: Consent that consent mode has already is not waited for
  code: |-
    mock('isConsentGranted', true);
    mock('addConsentListener', () => {});
    loading.consent = 'mode';
    runCode(loading);

    assertThat(calls[0][2].consent).isEqualTo('granted');
- name: A page that asks for consent itself does so
  code: |-
    loading.consent = 'pending';
    runCode(loading);

    assertThat(calls[0][2].consent).isEqualTo('pending');
    assertApi('addConsentListener').wasNotCalled();
- name: An event has the properties of the variable and of the table, the table's winning
  code: |-
    runCode({
      call: 'track', event: 'Add To Cart', object: {price: 39, name: 'Ring'},
      table: [{name: 'name', value: 'Gold ring'}, {name: 'gift', value: true}]
    });

    assertThat(calls).isEqualTo([['track', 'Add To Cart', {price: 39, name: 'Gold ring', gift: true}]]);
    assertApi('injectScript').wasNotCalled();
    assertApi('gtmOnSuccess').wasCalled();
- name: What is no object gives no properties
  code: |-
    runCode({call: 'track', event: 'Add To Cart', object: 'undefined'});

    assertThat(calls).isEqualTo([['track', 'Add To Cart', {}]]);
- name: A visitor who logs in is named
  code: |-
    runCode({call: 'identify', userId: 'u1', table: [{name: 'plan', value: 'gold'}]});

    assertThat(calls).isEqualTo([['identify', 'u1', {plan: 'gold'}]]);
- name: A visitor without a user id can have traits
  code: |-
    runCode({call: 'identify', userId: '', table: [{name: 'plan', value: 'gold'}]});

    assertThat(calls).isEqualTo([['identify', null, {plan: 'gold'}]]);
- name: A page view may have a name
  code: |-
    runCode({call: 'page', pageName: 'Home'});
    runCode({call: 'page', table: [{name: 'kind', value: 'start'}]});

    assertThat(calls).isEqualTo([['page', 'Home', {}], ['page', {kind: 'start'}]]);
- name: A visitor who logs out is forgotten
  code: |-
    runCode({call: 'reset'});

    assertThat(calls).isEqualTo([['reset']]);
    assertApi('gtmOnSuccess').wasCalled();
setup: |-
  const loading = {
    call: 'init', host: 'https://events.shop.example', writeKey: 'k1', consent: 'granted', pages: true, collectors: true
  };
  const calls = [];
  const urls = [];

  mock('createQueue', (name) => {
    assertThat(name).isEqualTo('headrace');
    return (call) => {
      calls.push(call);
    };
  });
  mock('injectScript', (url, onSuccess) => {
    urls.push(url);
    onSuccess();
  });


___NOTES___

Loads headrace.js and makes its calls. The reference is docs/browser-tag.md of Headrace.

After importing, narrow the permission "Injects scripts" from https://*/flow.js to your own host.
