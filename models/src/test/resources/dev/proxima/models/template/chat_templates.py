"""What transformers' apply_chat_template makes of conversations by the templates in templates/.

Made with transformers 5.18.0 and jinja2 3.1.6: python chat_templates.py > chat_templates.json

Where the templates come from: deepseek_r1_distill, gemma, gemma3, llama3, llama3_1, llama3_2, phi3,
qwen2_5 and qwen3 are those of TRL 1.13 (trl/chat_templates, Apache-2.0), byte for byte those of the
models; llama2, mistral, smollm and zephyr follow their models' tokenizer_config.json.
"""

import datetime
import json
import pathlib

from transformers.utils import chat_template_utils


class Clock(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2024, 7, 6, 15, 4, 5)


chat_template_utils.datetime = Clock

CONVERSATIONS = [
    [["user", "Is the kettle quiet?"]],
    [["user", ""]],
    [["user", "false"]],
    [["system", "Answer briefly."], ["user", " leading and trailing \n\n"]],
    [["user", "Hi"], ["assistant", "Hello!"], ["user", "水壶?\n\tBye 😀"]],
    [
        ["system", " Be kind.\n"],
        ["user", "Hi"],
        ["assistant", " Hello, naïve e\u0301! "],
        ["user", "\u00a0x\u3000\u200b"],
    ],
    [["user", "<|im_end|>\n<s>[INST] {{ 1 + 1 }} {% raw %} {# \\n 'q' \"d\" <eos> & <b>"]],
    [["user", "Hi"], ["assistant", "<think>\nhm\n</think>\n\nHello"], ["user", "Go on"]],
    [["user", "Hi"], ["assistant", "<think>\nhm\n</think>\n\nHello"]],
    [["user", "a"], ["user", "b"]],
]

# Each shows one construct on the messages below.
CONSTRUCTS = [
    "{{ messages[1]['content'].strip() }}|{{ messages[1].content.lstrip() }}|{{ messages[1].content | trim }}",
    "{{ 'xxaxbxx'.strip('x') }} {{ '\\n\\na\\n'.rstrip('\\n') }} {{ 'abc'.lstrip('ba') }}",
    "{{ 'a</think>b</think>c'.split('</think>')[-1] }} {{ ' a  b '.split() | join('+') }} {{ 'a,b,c'.split(',', 1)[1] }}",
    "{{ 'abc'.startswith('ab') and not 'abc'.endswith('b') }}",
    "{% if 'abc'.startswith('ab') %}yes{% else %}no{% endif %}",
    "{{ 'naïve ÉCOLE'.upper() }} {{ 'ABC'.lower() }} {{ 'hello wOrld'.title() }} {{ 'hELLO'.capitalize() }}",
    "{{ 'a-b-c'.replace('-', '+') }} {{ 'a-b' | replace('-', '+') }} {{ 'abcabc'.find('c') }} {{ '😀a'.find('a') }}",
    "{{ 'abcdef'[1:3] }} {{ 'abcdef'[::-1] }} {{ 'abcdef'[-2:] }} {{ '😀abc'[1:] }} {{ 'abc'[0] }}",
    "{% for m in messages[::-1] %}{{ m.role }};{% endfor %}{% for m in messages[1::2] %}{{ m.role }};{% endfor %}",
    "{% for m in messages[:-1] %}{{ loop.index }}/{{ loop.length }} {{ loop.first }} {{ loop.revindex0 }};{% endfor %}",
    "{% for m in messages %}{% if loop.first %}<{% endif %}{{ m.role }}{{ '>' if loop.last else ', ' }}{% endfor %}",
    "{% for m in messages %}{{ loop.previtem.role if loop.previtem is defined else '-' }}{{ loop.nextitem.role if not loop.last else '-' }} {% endfor %}",
    "{% for m in messages %}{% if not x is defined %}new {% endif %}{% set x = 1 %}{% endfor %}{% if x is defined %}kept{% endif %}",
    "{% set ns = namespace(found=false, n=messages|length - 1) %}{% for m in messages %}{% if m.role == 'assistant' %}{% set ns.found = true %}{% set ns.n = ns.n + 10 %}{% endif %}{% endfor %}{% if ns.found %}{{ ns.n }}{% endif %}",
    "{% for x in [] %}{{ x }}{% else %}none{% endfor %}",
    "{% for m in messages %}{% if loop.index0 == 1 %}{% continue %}{% endif %}{% if m.role == 'user' and not loop.first %}{% break %}{% endif %}{{ m.role }} {% endfor %}",
    "{% if not messages|length == 3 %}a{% endif %}{% if not 'x' in 'abc' %}b{% endif %}{% if not none is none %}c{% endif %}{% if 'x' not in 'abc' %}d{% endif %}",
    "{% if not date is defined %}{% set date = 'today' %}{% endif %}{{ date }}",
    "{{ messages[0] | tojson }} {{ ['a', 1, true, none, 1.5, {'k': 'é<&>'}, []] | tojson }}",
    "{{ {'a': [1, {'b': 'x'}], 'c': {}} | tojson(indent=2) }}",
    "{% for k, v in messages[0].items() %}{{ k }}={{ v }};{% endfor %}{% for k, v in messages[0] | items %}{{ k }};{% endfor %}",
    "{{ messages[0].get('name', 'nobody') }} {% if messages[0].tool_calls is defined %}tools{% endif %}",
    "{{ strftime_now('%d %b %Y %H:%M:%S %j %A %y%%') }}{% if strftime_now is defined %}!{% endif %}",
    "{% macro turn(role, text='none') %}[{{ role }}: {{ text }}]{% endmacro %}{{ turn('user', text='hi') }}{{ turn('system') }}",
    "{{ 'a' ~ 1 ~ 'b' }} {{ 7 // 2 }} {{ 7 % 4 }} {{ 2 * 3 + 1 }} {{ '%s-%s' | format('a', 'b') }}",
    "  {% if true %}\n  kept\n  {% endif %}\n\nend\n\n",
    "a\n  {%- if true %}  b  {%- endif %}\nc {{- 'd' -}} \n e",
    "{# a comment #}\n  {# another #}\nx {#- trimmed -#} y",
    "{% set text %}block {{ messages[0].role }}{% endset %}{{ text | upper }}",
    "{% generation %}{{ messages[0].role }}{% endgeneration %}",
    "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list | length }} {{ (messages | last).role }} {{ (messages | first).role }}",
    "{{ messages[0].content | default('x') }} {{ nothing | default('x') }} {% if nothing | default(false) %}yes{% endif %}{{ '' | default('y', true) }}{{ '' or 'fallback' }} {{ 'a' and 'b' }}",
    "{% if messages[0].content is string and messages[0] is mapping and messages is iterable and messages is not string %}types{% endif %}",
    "{% if (messages[0].role == 'user') != (1 % 2 == 0) %}odd{% endif %}",
    "{{ 'it\\'s' }} {{ \"tab\\tquote\\\"\" }} {{ 'back\\\\slash' }}",
    "{{ 'a' }} {% if true %} b {% endif %} {{ 'c' }}\n\t {%+ if true %} d{% endif +%}\n {# x #}e",
    "{% raw %}\n{{ {% not %} }}\n  {% endraw %}\n{{ {'a': {'b': {}}} | tojson }}{% set d = {'a': '}}'} %}{{ d.a }}",
    "{{ 'a}}b' }}{{ \"%}\" }}{{ {'k':{'l':'}}'}}['k'] | tojson }}{{ '{{' }}{% set x = '%}' %}{{ x }}",
    "{% if true %}\r\n  a\r\n{% endif %}\r\nb\r\n",
    "{% raw %}{{ not rendered }}{% endraw %}",
    "{% if messages[0].content | trim | length is odd %}odd{% endif %}",
    "{{ raise_exception('no ' + messages[0].role) }}",
]

MESSAGES = [["user", " Hi "], ["assistant", "\u00a0\n Hello\u3000"], ["user", "Bye"]]


def render(template, conversation, add_generation_prompt):
    messages = [{"role": role, "content": content} for role, content in conversation]
    try:
        rendered, _ = chat_template_utils.render_jinja_template(
            conversations=[messages],
            chat_template=template,
            add_generation_prompt=add_generation_prompt,
            bos_token="<s>",
            eos_token="</s>",
        )
        return {"text": rendered[0]}
    except Exception as e:
        return {"error": str(e)}


def main():
    here = pathlib.Path(__file__).parent
    rendered = []
    for path in sorted((here / "templates").glob("*.jinja")):
        template = path.read_text(encoding="utf-8")
        for index, conversation in enumerate(CONVERSATIONS):
            for prompt in (False, True):
                row = {"template": path.stem, "conversation": index, "add_generation_prompt": prompt}
                rendered.append(row | render(template, conversation, prompt))
    constructs = [{"template": t} | render(t, MESSAGES, True) for t in CONSTRUCTS]
    parts = []
    for key, rows in {
        "conversations": CONVERSATIONS,
        "rendered": rendered,
        "messages": MESSAGES,
        "constructs": constructs,
    }.items():
        lines = ",\n".join("  " + json.dumps(row, ensure_ascii=False) for row in rows)
        parts.append(f'"{key}": [\n{lines}\n]')
    print("{\n" + ",\n".join(parts) + "\n}")


main()
