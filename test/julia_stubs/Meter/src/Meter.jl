"A package that asks for the kernel IJulia the way progress bars do: by the variable in Main."
module Meter

runs_in_ijulia() = isdefined(Main, :IJulia) && Main.IJulia.inited

function draw(text)
    runs_in_ijulia() || return println(stderr, text)
    Main.IJulia.clear_output(true)
    if isdefined(Base, :pkgversion) && Base.pkgversion(Main.IJulia) < v"1.30"
        Main.IJulia.stdio_bytes[] = 0
    else
        Main.IJulia.reset_stdio_count()
    end
    return println(text)
end

end
