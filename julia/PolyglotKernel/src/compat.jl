# What differs between Julia versions, each with the version that it is for.
module Compat

end
