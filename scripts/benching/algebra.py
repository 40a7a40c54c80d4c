"""The programs that are typed into Maxima, Giac, FriCAS and Singular.

Each prints `ANSWER equal|different|open` and `SECONDS`, by the system's own clock of processor time, so that its start is
left out. Maxima, Giac and FriCAS get the expanded expression; Singular, which has polynomials only, gets the derivatives
staged by hand over the common denominator s^3, in raw x.
"""

from __future__ import annotations

from collections.abc import Callable

from scripts.benching.answers import identity_of
from scripts.benching.formula import text

Script = Callable[[str, int | None], str]


def maxima(key: str, size: int | None) -> str:
    """Decide with ratsimp, sums with diff and simplify_sum for every m. Errors are found by their words."""
    begin = ["display2d: false$", "assume(eps > 0)$", "ratsimp(diff(sqrt(a^2 + b), a))$", "bad: 0$"]
    end = ['print("ANSWER", if bad = 0 then "equal" else "open")$', 'print("SECONDS", elapsed_run_time() - start)$']
    if size is None:
        body = [f"d: {_MAXIMA_SUMS[key]}$", "if not is(ratsimp(d) = 0) then bad: bad + 1$"]
    else:
        identity = identity_of(key, size)
        body = [f"{name}: {text(part, 'diff')}$" for name, part in identity.names]
        body += [
            f"if not is(ratsimp({text(left, 'diff')} - {text(right, 'diff')}) = 0) then bad: bad + 1$"
            for left, right in identity.equations
        ]
    return "\n".join([*begin, "start: elapsed_run_time()$", *body, *end, "quit()$", ""])


_MEAN = "(sum(x[n], n, 1, m)/m)"
_ROOT = f"sqrt(sum((x[n] - {_MEAN})^2, n, 1, m)/m + eps)"
_HAT = f"((x[j] - {_MEAN})/{_ROOT})"


def _maxima_closed(sign: str) -> str:
    hat = _HAT.replace("x[j]", "x[i]")
    bracket = f"m*g[i] - sum(g[j], j, 1, m) {sign} {hat}*sum(g[j]*{_HAT}, j, 1, m)"
    return f"diff(sum(g[j]*w*{_HAT}, j, 1, m), x[i]) - w/(m*{_ROOT})*({bracket})"


def _maxima_jacobian(sign: str) -> str:
    other = _HAT.replace("x[j]", "x[k]")
    return f"diff({_HAT}, x[k]) - (m*kron_delta(j, k) {sign} 1 - {_HAT}*{other})/(m*{_ROOT})"


_MAXIMA_SUMS = {
    "closed": _maxima_closed("-"),
    "closed-wrong": _maxima_closed("+"),
    "jacobian": _maxima_jacobian("-"),
    "jacobian-wrong": _maxima_jacobian("+"),
    "mean-slope": f"diff({_MEAN}, x[k]) - 1/m",
    "mean-slope-wrong": f"diff({_MEAN}, x[k])",
}


def giac(key: str, size: int | None) -> str:
    """Decide with simplify."""
    identity = identity_of(key, size)
    lines = ["assume(eps>0):;", "simplify(diff(sqrt(a^2+b),a)):;", "bad:=0:;", "start:=time():;"]
    lines += [f"{name}:={text(part, 'diff')}:;" for name, part in identity.names]
    lines += [
        f"bad:=bad+ifte(simplify({text(left, 'diff')}-{text(right, 'diff')})==0,0,1):;" for left, right in identity.equations
    ]
    lines += ['print("ANSWER "+ifte(bad==0,"equal","open")):;', 'print("SECONDS "+string(time()-start)):;', "quit", ""]
    return "\n".join(lines)


def fricas(key: str, size: int | None) -> str:
    """Decide with the normal form of Expression Integer; `=` of two expressions is a claim there."""
    identity = identity_of(key, size)
    lines = [")set messages type off", ")set messages autoload off", ")set output algebra off"]
    lines += [")set functions compile off", "warm := zero?(D(sqrt(aa^2+bb)::Expression Integer, aa))"]
    lines += ["bad : Integer := 0", "begin : Integer := integer(GET_-INTERNAL_-RUN_-TIME()$Lisp)"]
    for name, part in identity.names:
        lines += [f"{name} : Expression Integer := {text(part, 'D')}"]
    for left, right in identity.equations:
        lines += [f"left : Expression Integer := {text(left, 'D')}", f"right : Expression Integer := {text(right, 'D')}"]
        lines += ["if not zero?(left - right) then bad := bad + 1"]
    lines += [
        "taken : Integer := integer(GET_-INTERNAL_-RUN_-TIME()$Lisp) - begin",
        ")set output algebra on",
        'output(concat("ANSWER ", if zero? bad then "equal" else "different"))',
        'output(concat("HUNDREDTHS ", string(taken)))',
        ")quit",
        "",
    ]
    return "\n".join(lines)


def singular(key: str, size: int | None) -> str:
    """Decide in a polynomial ring over Q, in raw x: canonical, so that what is left over is a claim."""
    m, sign = size, "+" if key.endswith("-wrong") else "-"
    begin = f"""
system("--ticks-per-sec", 1000);
int bad, i, j, k; int m = {m};
int start = timer;
ring r = 0, (x(1..m), g(1..m), w, s), dp;
poly u; for (i = 1; i <= m; i++) {{ u = u + x(i); }} u = u/m;
for (i = 1; i <= m; i++) {{ poly c(i) = x(i) - u; }}
poly left, right, by, total, dots;
"""
    closed = f"""
for (j = 1; j <= m; j++) {{ by = by + 2*c(j)*((j == 1) - number(1)/m); }} by = by/m;
for (j = 1; j <= m; j++)
{{
  left = left + g(j)*w*(((j == 1) - number(1)/m)*s^2 - c(j)*by/2);
  total = total + g(j); dots = dots + g(j)*c(j);
}}
right = w/m*((m*g(1) - total)*s^2 {sign} c(1)*dots);
if (left - right != 0) {{ bad = bad + 1; }}
"""
    jacobian = f"""
for (k = 1; k <= m; k++)
{{
  by = 0; for (j = 1; j <= m; j++) {{ by = by + 2*c(j)*((j == k) - number(1)/m); }} by = by/m;
  for (i = 1; i <= m; i++)
  {{
    left = ((i == k) - number(1)/m)*s^2 - c(i)*by/2;
    right = number(1)/m*((m*(i == k) {sign} 1)*s^2 - c(i)*c(k));
    if (left - right != 0) {{ bad = bad + 1; }}
  }}
}}
"""
    end = """
if (bad == 0) { print("ANSWER equal"); } else { print("ANSWER different"); }
print("MILLISECONDS " + string(timer - start));
quit;
"""
    return begin + (jacobian if key.startswith("jacobian") else closed) + end
