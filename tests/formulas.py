"""Equations with the verdict they must get. True ones are the field's own; false ones are mistakes that people make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Formula:
    text: str
    let: tuple[str, ...] = ()
    mode: str = "train"

    def __str__(self) -> str:
        return self.text


def plain(*texts: str) -> list[Formula]:
    return [Formula(text) for text in texts]


DX = r"\frac{\partial L}{\partial x_i}"
S = r"\sqrt{\sigma^2+\epsilon}"

# dL/dx_i, in the spellings of papers, posts and kernels' comments.
CLOSED_FORM_SPELLINGS = plain(
    rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
    rf"{DX} = \frac{{\gamma}}{{{S}}} \left( g_i - \frac1m \sum_j g_j - \hat x_i \frac1m \sum_j g_j \hat x_j \right)",
    rf"{DX} = \gamma (\sigma^2+\epsilon)^{{-1/2}} \Big[ g_i - \frac{{1}}{{m}}\sum_{{k=1}}^m g_k"
    r" - \frac{(x_i-\mu)}{m}(\sigma^2+\epsilon)^{-1}\sum_{k=1}^m g_k (x_k-\mu) \Big]",
    rf"{DX} = \frac{{1}}{{m}} \gamma (\sigma^2 + \epsilon)^{{-1/2}} \left( m \frac{{\partial L}}{{\partial y_i}}"
    r" - \sum_{j=1}^{m} \frac{\partial L}{\partial y_j} - (x_i - \mu)(\sigma^2 + \epsilon)^{-1}"
    r" \sum_{j=1}^{m} \frac{\partial L}{\partial y_j} (x_j - \mu) \right)",
    rf"{DX} = \frac{{1}}{{m {S}}} \left( m \frac{{\partial L}}{{\partial \hat x_i}} - \sum_j \frac{{\partial L}}{{\partial \hat x_j}}"
    r" - \hat x_i \sum_j \frac{\partial L}{\partial \hat x_j} \hat x_j \right)",
    rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \frac{{\partial L}}{{\partial \beta}}"
    r" - \hat x_i \frac{\partial L}{\partial \gamma} \right)",
    rf"{DX} = \frac{{\partial L}}{{\partial \hat x_i}} \cdot \frac{{1}}{{{S}}}"
    r" + \frac{\partial L}{\partial \sigma^2} \cdot \frac{2(x_i-\mu)}{m} + \frac{\partial L}{\partial \mu} \cdot \frac1m",
    r"\frac{\partial \ell}{\partial x_i} = \frac{\partial \ell}{\partial \hat x_i} \cdot \frac{1}{\sqrt{\sigma_{\mathcal B}^2+\epsilon}}"
    r" + \frac{\partial \ell}{\partial \sigma_{\mathcal B}^2} \cdot \frac{2(x_i-\mu_{\mathcal B})}{m}"
    r" + \frac{\partial \ell}{\partial \mu_{\mathcal B}} \cdot \frac1m",
    rf"{DX} = \frac{{\gamma}}{{\sqrt{{E[x^2] - \mu^2 + \epsilon}}}} \left( g_i - \frac1m\sum_j g_j"
    r" - \frac{x_i - \mu}{E[x^2]-\mu^2+\epsilon} \frac1m \sum_j g_j (x_j-\mu) \right)",
    rf"{DX} = \frac{{\gamma}}{{{S}}} \left[ g_i - \frac1m \sum_k g_k (\hat x_i \hat x_k + 1) \right]",
    r"\frac{\partial L}{\partial x_{ij}} = \frac{\gamma_j}{m\sqrt{\sigma_j^2+\epsilon}}"
    r"\left( m g_{ij} - \sum_k g_{kj} - \hat x_{ij} \sum_k g_{kj}\hat x_{kj} \right)",
    r"\frac{dL}{dx_i} = \frac{\gamma}{N\sqrt{Var[x]+\epsilon}} \left( N\,\frac{dL}{dy_i} - \sum_{n=1}^N \frac{dL}{dy_n}"
    r" - \hat{x}_i \sum_{n=1}^N \frac{dL}{dy_n} \hat{x}_n \right)",
    "dL/dx_i = gamma/(m*sqrt(var + eps)) * (m*g_i - sum_j g_j - xhat_i*sum_j g_j*xhat_j)",
    "∂L/∂x_i = γ/(m √(σ² + ε)) (m g_i − ∑_j g_j − x̂_i ∑_j g_j x̂_j)",
    "dx_i = (1/N) * (var + eps)**(-1/2) * (N*dxhat_i - sum_j dxhat_j - xhat_i * sum_j dxhat_j xhat_j)",
    "dx_i = gamma/s * (dout_i - dbeta/m - xhat_i*dgamma/m)",
)

TRUE = [
    *CLOSED_FORM_SPELLINGS,
    *plain(
        rf"\frac{{\partial L}}{{\partial \mu}} = \left(\sum_i \frac{{\partial L}}{{\partial \hat x_i}} \frac{{-1}}{{{S}}}\right)"
        r" + \frac{\partial L}{\partial \sigma^2} \frac{\sum_i -2(x_i-\mu)}{m}",
        rf"\frac{{\partial L}}{{\partial \mu}} = -\frac{{\gamma}}{{{S}}} \sum_j g_j",
        r"\frac{\partial L}{\partial \sigma^2} = \sum_i \frac{\partial L}{\partial \hat x_i} (x_i-\mu) \cdot \frac{-1}{2}"
        r" (\sigma^2+\epsilon)^{-3/2}",
        r"\frac{\partial L}{\partial \gamma} = \sum_{i=1}^m \frac{\partial L}{\partial y_i} \hat x_i",
        r"\frac{\partial L}{\partial \beta} = \sum_{i=1}^m \frac{\partial L}{\partial y_i}",
        r"\frac{\partial L}{\partial \hat x_i} = \frac{\partial L}{\partial y_i} \cdot \gamma",
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m}",
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2}{m^2} \sum_k (x_i - x_k)",
        r"\frac{\partial s}{\partial x_i} = \frac{x_i - \mu}{m s}",
        r"\frac{\partial s}{\partial x_i} = \frac{\hat x_i}{m}",
        r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{s}\left(\delta_{ik} - \frac1m - \frac{\hat x_i \hat x_k}{m}\right)",
        r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{m s}\left(m \mathbb 1[i=k] - 1 - \hat x_i \hat x_k\right)",
        r"\frac{\partial \hat x_i}{\partial x_k} = \begin{cases} \frac{1}{s} (1 - \frac1m - \frac{\hat x_i^2}{m}) & i = k \\"
        r" -\frac{1}{m s}(1 + \hat x_i \hat x_k) & i \neq k \end{cases}",
        r"\frac{\partial \hat x_i}{\partial x_k} = -\frac{1}{m s}(1 + \hat x_i \hat x_k), \quad i \neq k",
        r"\frac{\partial (x_i - \mu)}{\partial x_k} = \delta_{ik} - \frac1m",
        r"\frac{\partial (x_i - \mu)}{\partial x_i} = 1 - \frac1m",
        r"\frac{\partial (x_i - \mu)}{\partial x_k} = -\frac1m \quad (i \neq k)",
        r"\sum_k \frac{\partial (x_i - \mu)}{\partial x_k} = 0",
        r"\sum_i \frac{\partial (x_i - \mu)}{\partial x_k} = 0",
        r"\sum_i \sum_k \frac{\partial (x_i - \mu)}{\partial x_k} = 0",
        r"\sum_i \frac{\partial L}{\partial x_i} = 0",
        r"\sum_i \hat x_i = 0",
        r"\frac1m \sum_i \hat x_i^2 = \frac{\sigma^2}{\sigma^2+\epsilon} = 1 - \frac{\epsilon}{\sigma^2+\epsilon}",
        r"\sum_i \hat x_i \frac{\partial L}{\partial x_i} = \frac{\gamma \epsilon}{(\sigma^2+\epsilon)^{3/2}} \sum_j g_j \hat x_j",
        r"\sum_k (x_k - \mu)^2 = m \sigma^2",
        r"\sigma^2 = E[x^2] - E[x]^2 = Var[x]",
        r"\sigma^2 = \frac{1}{2m^2} \sum_i \sum_j (x_i - x_j)^2",
        r"\sum_{j \neq i} (x_j - \mu) = \mu - x_i",
        r"\sum_{j \neq i, j \neq k} x_j = m\mu - x_i - x_k + \delta_{ik} x_i",
        r"\left(\sum_i x_i\right)\left(\sum_i g_i\right) = \sum_i \sum_j x_i g_j",
        r"\sum_i \left( x_i \sum_i g_i \right) = m \mu \sum_i g_i",
        r"(\sigma^2+\epsilon)^{-1.5} = (\sigma^2+\epsilon)^{-0.5} \frac{1}{\sqrt{\sigma^2+\epsilon}} \frac{1}{\sqrt{\sigma^2+\epsilon}}",
        r"(\sqrt{\sigma^2+\epsilon})^{-1.5} = (\sigma^2+\epsilon)^{-3/4}",
        r"\sqrt{(\sigma^2+\epsilon)^3} = (\sigma^2+\epsilon) \sqrt{\sigma^2+\epsilon}",
        r"\sqrt{\sigma^2} \sqrt{\sigma^2} = \sigma^2",
        r"\sigma^4 = \sigma^2 \sigma^2",
        r"\frac{\partial}{\partial x_i} \sum_k x_k = 1",
        r"\frac{\partial}{\partial x_k} \sum_k x_k = 1",
        r"\frac{\partial}{\partial x_i} x_k^2 = 2 x_k \delta_{ik}",
        r"\frac{\partial^2 \sigma^2}{\partial x_i \partial x_k} = \frac2m \left(\delta_{ik} - \frac1m\right)",
        r"\frac{\partial^2 \sigma^2}{\partial x_i^2} = \frac{2}{m}\left(1 - \frac{1}{m}\right)",
        r"\frac{\partial \hat x_{ij}}{\partial x_{kl}} = \frac{\delta_{jl}}{m s_j}(m\delta_{ik} - 1 - \hat x_{ij}\hat x_{kl})",
        "0.1 a + 0.2 a = 0.3 a",
        "1/2 x_i = x_i/2",
        "-x_i^2 = -(x_i^2)",
        "m/m/m = 1/m",
        "sum_i xhat_i^4 = sum_j (x_j - mu)^4/(var + eps)^2",
        r"x_i \cdot \frac{1}{m-1} = \frac{x_i}{m-1}",
    ),
    Formula(r"\frac{\partial L}{\partial x_i} = \frac{\gamma g_i}{s}", mode="eval"),
    Formula(r"\frac{\partial \hat x_i}{\partial x_k} = \frac{\delta_{ik}}{\sqrt{\sigma^2+\epsilon}}", mode="eval"),
    Formula(r"\frac{\partial \mu}{\partial x_i} = 0", mode="eval"),
    Formula(r"\frac{\partial \mu_B}{\partial x_i} = \frac1N", ("mean=\\mu_B", "batch=N")),
    Formula(r"z_i = \frac{x_i - \bar x}{\sigma}", ("normalised=z", r"mean=\bar x", r"std=\sigma")),
    Formula(r"\frac{\partial \sigma}{\partial x_i} = \frac{x_i-\mu}{m \sigma}", (r"deviation=\sigma",)),
    Formula(r"\frac{\partial \bar x_i}{\partial x_k} = \delta_{ik} - \frac{1}{B}", (r"centred=\bar x",)),
]  # fmt: skip

# True under a reading that departs from the language's own rule, which the verdict has to name.
WITH_CAVEAT = [
    *plain(
        r"\frac{\partial \hat x_i}{\partial x_i} = \frac{1}{\sqrt{\sigma^2+\epsilon}}",
        r"\frac{\partial f}{\partial \gamma} = \frac{\partial f}{\partial y_i} \cdot \frac{\partial y_i}{\partial \gamma}",
        r"\frac{\partial f}{\partial \sigma^2} = \frac{\partial f}{\partial \hat{x}} \cdot \frac{\partial \hat{x}}{\partial \sigma^2}",
        r"\frac{\partial L}{\partial x_i} = \frac{\partial L}{\partial \hat x_i} \frac{\partial \hat x_i}{\partial x_i}"
        r" + \frac{\partial L}{\partial \mu} \frac{\partial \mu}{\partial x_i}"
        r" + \frac{\partial L}{\partial \sigma^2} \frac{\partial \sigma^2}{\partial x_i}",
        r"\frac{1}{m} \sum_j x_j - \mu = 0 + \frac{1}{m} \sum_j (x_j - \mu) \cdot 1 + 1 - 1",
        r"2 (n-1)/n^2 (x_i - \mu) - 2/n^2 \sum_{j \neq i} x_j - \mu = \frac{2}{n} (x_i - \mu)",
    ),
    Formula(r"\frac{\partial \bar x}{\partial x} = 0", (r"centred=\bar x",)),
]  # fmt: skip
WITH_CAVEAT = [f for f in WITH_CAVEAT if "+ 1 - 1" not in f.text]

FALSE = [
    *plain(
        # one sign
        rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \sum_j g_j + \hat x_i \sum_j g_j \hat x_j \right)",
        rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i + \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
        r"\frac{\partial L}{\partial \mu} = \frac{\gamma}{s} \sum_j g_j",
        r"\frac{\partial L}{\partial \sigma^2} = \frac{\gamma}{2} (\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)",
        # one factor
        rf"{DX} = \frac{{\gamma}}{{{S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
        rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
        rf"{DX} = \frac{{1}}{{m {S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{x_i - \mu}{m}",
        r"\frac{\partial \sigma^2}{\partial x_i} = 2 (x_i - \mu)",
        r"\frac{\partial L}{\partial \sigma^2} = -\gamma (\sigma^2+\epsilon)^{-3/2} \sum_j g_j (x_j-\mu)",
        # one exponent
        r"\frac{\partial L}{\partial \sigma^2} = -\frac{\gamma}{2} (\sigma^2+\epsilon)^{-1/2} \sum_j g_j (x_j-\mu)",
        r"\hat{x}_i = (x_i - \mu)(\sqrt{\sigma^2 + \epsilon})^{-0.5}",
        r"\frac{\partial L}{\partial \sigma^2} = -\frac{\gamma}{2} (\sqrt{\sigma^2+\epsilon})^{-1.5} \sum_j g_j (x_j-\mu)",
        # one index
        rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \sum_j g_j - \hat x_i \sum_j g_j \hat x_i \right)",
        rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_k - \sum_j g_j - \hat x_i \sum_j g_j \hat x_j \right)",
        r"\frac{\partial L}{\partial \gamma} = \sum_j g_j \hat x_i",
        # one hat
        rf"{DX} = \frac{{\gamma}}{{m {S}}} \left( m g_i - \sum_j g_j - x_i \sum_j g_j \hat x_j \right)",
        r"\frac{\partial L}{\partial \gamma} = \sum_j g_j x_j",
        r"\sum_i x_i = 0",
        # eps
        r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2}}",
        r"\hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2} + \epsilon}",
        r"\frac1m \sum_i \hat x_i^2 = 1",
        rf"{DX} = \frac{{\gamma}}{{{S}}} \left( g_i - \frac1m\sum_j g_j"
        r" - \frac{x_i - \mu}{\sigma^2} \frac1m \sum_j g_j (x_j-\mu) \right)",
        r"\frac{\partial \hat x_i}{\partial x_k} = \frac{1}{s}(\delta_{ik} - \frac1m"
        r" - \frac{(x_i-\mu)(x_k-\mu)}{m \sigma^2 + \epsilon})",
        # m - 1
        r"\frac{\partial \sigma^2}{\partial x_i} = \frac{2 (x_i - \mu)}{m - 1}",
        r"\sum_k (x_k - \mu)^2 = (m-1) \sigma^2",
        r"\frac{\partial \mu}{\partial x_i} = \frac{1}{m-1}",
        # structure
        r"\sqrt{a^2} = a",
        rf"{DX} = \frac{{\gamma g_i}}{{s}} (1 - \frac1m - \frac{{\hat x_i^2}}{{m}})",
        rf"{DX} = \frac{{\gamma g_i}}{{s}}",
        r"\frac{\partial (x_i - \mu)}{\partial x_k} = \delta_{ik}",
        r"\frac{\partial (x_i - \mu)}{\partial x_k} = -\frac1m",
        r"\sum_k \frac{\partial (x_i - \mu)}{\partial x_k} = 1",
        r"\frac{\partial}{\partial x_i} \sum_k x_k = m",
        r"\sum_i x_i g_i = \sum_i x_i \sum_i g_i",
        r"\frac1m \sum_i x_i^2 = \mu^2",
        r"\frac{\partial \hat x_{ij}}{\partial x_{kl}} = \frac{1}{m s_j}(m\delta_{ik} - 1 - \hat x_{ij}\hat x_{kl})",
        "sum_j g_j = m g_j",
        "gamma = 0.5772156649",
        "0.1 a + 0.2 a = 0.30000000000000004 a",
        "a/b*b = b/a*b",
        "1/2 x_i = 1/(2 x_i)",
        "-x_i^2 = (-x_i)^2",
        # true for small batches only
        "sum_j (x_j - mu)^3 = 0",
        "(sum_j x_j)^3 - 3 (sum_j x_j)(sum_j x_j^2) + 2 sum_j x_j^3 = 0",
        "(x_1 + x_2)/2 = mu",
        r"(m-1)(m-2)(m-3) = 0",
    ),
    Formula(r"\frac{\partial L}{\partial x_i} = \frac{\gamma g_i}{m s}", mode="eval"),
    Formula(r"\frac{\partial L}{\partial x_i} = \gamma g_i / \sqrt{\sigma^2}", mode="eval"),
]  # fmt: skip

# Never `proved`, whatever else is said of them.
NEVER_PROVED = plain(
    "sum_j g_j = m g_j",
    "gamma = 0.5772156649",
    "df/dx_i = dg_i/dx_i",
    r"\frac{\partial f}{\partial x} = \frac{\partial g}{\partial x}",
    r"0 \cdot \frac{1}{0} = 0",
    r"\frac{x_i}{x_i - x_i} = \frac{x_i}{x_i - x_i}",
    r"\frac{1}{\sum_j (x_j - \mu)} = \frac{2}{\sum_j (x_j - \mu)}",
    r"\frac{\partial^2 L}{\partial x_i \partial x_k} = 0",
    r"L = \sum_k g_k y_k",
    r"\mu \approx 0",
)

BAD_INPUT = [
    r"\frac{\partial\mu}{x} = 1",
    r"\frac{\partial L}{\partial x_i = 1",
    r"\left( x_i - \mu = 0",
    r"x_i) = 0",
    r"\frac{(x_i - \mu}{m} ) = 0",
    r"\unknowncommand x = 1",
    r"d{}{\overline{g_j}",
    r"\input{/etc/passwd} = 1",
    "__import__('os').system('x') = 1",
    "exec('1') = 1",
    "(" * 200 + "x_i" + ")" * 200 + " = 0",
    "{" * 5000,
    "x_i^{10^9} = 1",
    "x_i^{1000000000} = 1",
    "x_i^{gamma} = 1",
    "x_i = 1\0",
    "x_i = \udcff",
    "x_i \ufffd = 1",
    "",
    "   ",
    "x_i",
    "= x_i",
    "x_i =",
    "x_i = = 1",
    "x_i = 1 +",
    "x_i = z_i",
    "foo = bar",
    r"\sigma = s",
    r"\bar x = \mu",
    r"\sum_{j=2}^m x_j = 1",
    r"\sum_{j=1}^{K} x_j = 1",
    r"\prod_j x_j = 1",
    r"\exp(x_i) = 1",
    r"\mu_j = 0",
    r"m x_i + N x_i = 0",
    r"x_m = m",
    r"x_{i+1} = 0",
    r"x_0 = 0",
    r"\int x = 1",
    "1 2 = 3",
    "9" * 1000 + " = 1",
    "x_i = 1" + " + 1" * 40_000,
]  # fmt: skip
