# What IJulia does outside of a notebook, and what another package does here.

const JUPYTER = "jupyter"

no_launcher(name) = error(
    "IJulia.$name() starts a Jupyter client, and this is a notebook of PolyglotKernel. Start one from a " *
    "shell: jupyter $(name == "notebook" ? "notebook" : name)",
)

"    notebook()\n\nThrows an error: a client is started from a shell."
notebook(args...; keywords...) = no_launcher("notebook")

"    jupyterlab()\n\nThrows an error: a client is started from a shell."
jupyterlab(args...; keywords...) = no_launcher("lab")

"    nbclassic()\n\nThrows an error: a client is started from a shell."
nbclassic(args...; keywords...) = no_launcher("nbclassic")

"    qtconsole()\n\nThrows an error: a client is started from a shell."
qtconsole(args...; keywords...) = no_launcher("qtconsole")

"    installkernel(name, options...)\n\nThrows an error: `polyglot-kernel install` does it."
installkernel(name, options...; keywords...) = error(
    "IJulia.installkernel installs the kernel IJulia, and this is a notebook of PolyglotKernel: " *
    "`polyglot-kernel install`, in a shell, installs that (`polyglot-kernel install --help`)",
)

"    custom_showerror(io, exception, trace)\n\nIs not asked: errors are shown by their `showerror`."
function custom_showerror end

# Packages that IJulia has extensions for add methods to these.
"    init_ipywidgets()\n\nNeeds the package PythonCall. Widgets of Python's cells, and of `py`, need none."
function init_ipywidgets end

"    init_ipython()\n\nNeeds the package PythonCall. In a Python cell IPython is there."
function init_ipython end

"    init_matplotlib()\n\nNeeds the package PythonCall. In a Python cell: `%matplotlib widget`."
function init_matplotlib end

function explain_missing(io::IO, exception, _...)
    exception.f in (init_ipywidgets, init_ipython, init_matplotlib) || return nothing
    print(
        io, "\nThis connects the package PythonCall to the kernel IJulia, and here PolyglotKernel runs. ",
        "Python's cells, and `py` in Julia cells, have IPython, widgets and matplotlib as they are.",
    )
    return nothing
end

# Whoever flushes the streams of IJulia's cells; nobody does here.
const _flush_hooks = Any[]
